import { html } from 'ghtml';
import { hiddenFields, textField } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths, type Pending, pendingFields, withPending } from '../../pages/paths.ts';
import { problemNote } from '../../pages/problem-note.ts';
import { problemText } from '../../pages/problem-text.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** Why the last factor was not removed. */
export type RemoveFactorProblem = 'wrongPassword' | 'shortPassword' | 'tooManyAttempts';

/** The last factor of a person, and the last attempt. */
export interface RemoveFactorInput extends Pending {
  readonly csrfToken: string;
  /** The mark that tells when the form was shown. */
  readonly shown?: string | undefined;
  readonly account: { readonly email: string };
  readonly factor: string;
  readonly minLength: number;
  readonly problem?: RemoveFactorProblem | undefined;
  /** After too many attempts: when the next one is admitted. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Asks for the password before the last factor goes: it has to be long enough to be the only one. */
export function removeFactorPage(input: RemoveFactorInput, texts: Texts): string {
  const { csrfToken, shown, account, factor, minLength, problem } = input;
  const t = texts.removeFactor;
  const told =
    problem === 'shortPassword'
      ? t.problems.shortPassword({ minLength })
      : problem && problemText(t.problems[problem], input.retryAfterSeconds, texts.lang);
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${t.lead}</p>
    </div>
    !${problemNote(told)}
    !${problem === 'shortPassword' ? html`<p><a href="${paths.password}">${texts.passwordChange.title}</a></p>` : ''}
    <form class="stack" method="post" action="${paths.removeFactor}">
      !${hiddenFields({ csrf_token: csrfToken, shown, factor, last: '1', ...pendingFields(input) })}
      !${textField({
        name: 'password',
        label: t.password,
        type: 'password',
        autocomplete: 'current-password',
        reveal: texts.reveal,
        focus: true,
        wrong: problem !== undefined,
      })}
      <button class="button danger">${t.submit}</button>
    </form>
    <p><a href="${withPending(paths.security, input)}">${t.cancel}</a></p>`;
  const signedIn = { email: account.email, csrfToken };
  return layout({ title: t.title, failed: problem !== undefined, signedIn, pending: input, body }, texts);
}
