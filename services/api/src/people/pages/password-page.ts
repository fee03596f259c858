import { html } from 'ghtml';
import { hiddenFields, textField } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths } from '../../pages/paths.ts';
import { problemNote } from '../../pages/problem-note.ts';
import { problemText } from '../../pages/problem-text.ts';
import type { PasswordFault } from '../password-faults.ts';
import { isPasswordFault, newPasswordField, passwordFaultText } from './new-password-field.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** Why the password was not changed. */
export type PasswordProblem = PasswordFault | 'wrongPassword' | 'tooManyAttempts';

/** The person, and the problem of the last attempt. */
export interface PasswordInput {
  readonly csrfToken: string;
  /** The mark that tells when the form was shown. */
  readonly shown?: string | undefined;
  readonly passwordMinLength: number;
  readonly account: { readonly email: string };
  readonly problem?: PasswordProblem | undefined;
  /** After too many attempts: when the next one is admitted. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Asks for the current password, so that a forgotten session is not enough, and for a new one. */
export function passwordPage(
  { csrfToken, shown, passwordMinLength, account, problem, retryAfterSeconds }: PasswordInput,
  texts: Texts,
): string {
  const t = texts.passwordChange;
  const weak = isPasswordFault(problem);
  const told = weak
    ? passwordFaultText(problem, passwordMinLength, texts)
    : problem && problemText(t.problems[problem], retryAfterSeconds, texts.lang);
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p class="quiet">${t.lead} <a href="${paths.programs}">${texts.programs.title}</a></p>
    </div>
    !${problemNote(told)}
    <form class="stack" method="post" action="${paths.password}">
      !${hiddenFields({ csrf_token: csrfToken, shown })}
      !${textField({
        name: 'current_password',
        label: t.current,
        type: 'password',
        autocomplete: 'current-password',
        reveal: texts.reveal,
        focus: !weak,
        wrong: problem === 'wrongPassword',
      })}
      !${newPasswordField(
        { name: 'new_password', label: t.fresh, minLength: passwordMinLength, focus: weak, wrong: weak },
        texts,
      )}
      <button class="button">${t.submit}</button>
    </form>`;
  const signedIn = { email: account.email, csrfToken };
  return layout({ title: t.title, failed: problem !== undefined, signedIn, body }, texts);
}

/** Says where the password of this account can be changed: here, or at the person's provider. */
export function passwordHint(hasPassword: boolean, texts: Texts): string {
  const t = texts.passwordChange;
  return hasPassword
    ? html`<a href="${paths.password}">${t.title}</a>`
    : html`<span class="quiet">${t.atProvider}</span>`;
}
