import { html } from 'ghtml';
import { hiddenFields, textField } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths, type Pending, pendingFields, withPending } from '../../pages/paths.ts';
import { problemNote } from '../../pages/problem-note.ts';
import { problemText } from '../../pages/problem-text.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** Why no link was sent. */
export type ForgotProblem = 'invalidEmail' | 'tooManyAttempts';

/** What the page shows again of the last attempt, or of the sign-in before, and what is pending. */
export interface ForgotInput extends Pending {
  readonly csrfToken: string;
  readonly email?: string | undefined;
  readonly problem?: ForgotProblem | undefined;
  /** After too many attempts: when the next one is admitted. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Asks for the address to which a link is sent that sets a new password. */
export function forgotPage(input: ForgotInput, texts: Texts): string {
  const { csrfToken, email, problem, retryAfterSeconds } = input;
  const t = texts.forgot;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p class="quiet">${t.lead}</p>
    </div>
    !${problemNote(problem && problemText(t.problems[problem], retryAfterSeconds, texts.lang))}
    <form class="stack" method="post" action="${paths.forgot}">
      !${hiddenFields({ csrf_token: csrfToken, ...pendingFields(input) })}
      !${textField({
        name: 'email',
        label: texts.email,
        type: 'email',
        autocomplete: 'username',
        value: email,
        focus: true,
        wrong: problem === 'invalidEmail',
      })}
      <button class="button">${t.submit}</button>
    </form>
    !${backToSignIn(input, texts, email)}`;
  return layout({ title: t.title, failed: problem !== undefined, pending: input, body }, texts);
}

/** The same for every address: whether it has an account is told to its mailbox alone. */
export function forgotSentPage(pending: Pending, texts: Texts): string {
  const t = texts.forgot.sent;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${t.text}</p>
      <p class="quiet">${t.nothing}</p>
    </div>
    !${backToSignIn(pending, texts)}`;
  return layout({ title: t.title, sun: 'rising', body }, texts);
}

/** Where no mail is sent: whom to ask for a link. */
export function forgotAskPage(pending: Pending, texts: Texts): string {
  const t = texts.forgot;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${t.ask}</p>
    </div>
    !${backToSignIn(pending, texts)}`;
  return layout({ title: t.title, body }, texts);
}

function backToSignIn(pending: Pending, texts: Texts, email?: string): string {
  return html`<p><a href="${withPending(paths.signIn, pending, email)}">${texts.signInFailure.back}</a></p>`;
}
