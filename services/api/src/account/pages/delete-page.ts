import { html } from 'ghtml';
import { hiddenFields, textField } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths } from '../../pages/paths.ts';
import { problemNote } from '../../pages/problem-note.ts';
import { problemText } from '../../pages/problem-text.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** Why the account was not deleted. */
export type DeleteProblem = 'wrongPassword' | 'tooManyAttempts' | 'staleSignIn';

/** Who wants to delete their account, and how far they are. */
export interface DeleteInput {
  readonly csrfToken: string;
  /** The mark that tells when the form was shown. */
  readonly shown?: string | undefined;
  readonly account: { readonly email: string };
  /** False for people who sign in through a provider: they must have signed in lately. */
  readonly hasPassword: boolean;
  /** The second step: the button that does it. */
  readonly last: boolean;
  readonly problem?: DeleteProblem | undefined;
  /** After too many attempts: when the next one is admitted. */
  readonly retryAfterSeconds?: number | undefined;
}

/** First says what a deletion means; then asks for the password, beside the button that does it. */
export function deletePage(input: DeleteInput, texts: Texts): string {
  const { csrfToken, shown, account, hasPassword, last, problem } = input;
  const t = texts.deletion;
  const password = textField({
    name: 'current_password',
    label: texts.passwordChange.current,
    type: 'password',
    autocomplete: 'current-password',
    reveal: texts.reveal,
    focus: true,
    wrong: problem === 'wrongPassword',
  });
  const form = html`<form class="stack" method="post" action="${paths.deleteAccount}">
    !${hiddenFields({ csrf_token: csrfToken, shown })} !${hasPassword ? password : ''}
    <button class="button danger">${t.submit}</button>
  </form>`;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${t.lead}</p>
      <p class="quiet">${t.stays}</p>
    </div>
    !${problemNote(problem && problemText(t.problems[problem], input.retryAfterSeconds, texts.lang))}
    !${
      last
        ? form
        : html`<p><a class="button outline" href="${`${paths.deleteAccount}?step=last`}">${t.goOn}</a></p>`
    }
    <p><a href="${paths.sessions}">${t.keep}</a></p>`;
  const signedIn = { email: account.email, csrfToken };
  return layout({ title: t.title, failed: problem !== undefined, signedIn, body }, texts);
}

/** Says that the account is gone. It names no account, so that anybody may open it. */
export function deletedPage(texts: Texts): string {
  const { title, text } = texts.deletion.done;
  const body = html`<div class="tight">
    <h1>${title}</h1>
    <p>${text}</p>
  </div>`;
  return layout({ title, sun: 'set', body }, texts);
}
