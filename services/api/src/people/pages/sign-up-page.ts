import { html } from 'ghtml';
import { hiddenFields, textField } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths, type Pending, pendingFields, withPending } from '../../pages/paths.ts';
import { relativeTime } from '../../pages/relative-time.ts';
import { problemNote } from '../../pages/problem-note.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import type { PasswordFault } from '../password-faults.ts';
import { isPasswordFault, newPasswordField, passwordFaultText } from './new-password-field.ts';
import { pendingCodeLine } from '../../pages/shown-code.ts';

/** Why no account was created. */
export type SignUpProblem = PasswordFault | 'emailTaken' | 'invalidEmail' | 'invalidName' | 'tooManyAttempts';

/** What the page shows again of the last attempt, and what is pending. */
export interface SignUpInput extends Pending {
  readonly csrfToken: string;
  readonly passwordMinLength: number;
  /** Whether a link is sent to the address, to confirm it. */
  readonly sendsLink: boolean;
  readonly email?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly problem?: SignUpProblem | undefined;
  /** After too many attempts: when the next one is admitted. */
  readonly retryAfterSeconds?: number | undefined;
}

/** The sign-up form; it keeps the pending code. Names are optional, as in the API. */
export function signUpPage(input: SignUpInput, texts: Texts): string {
  const { csrfToken, passwordMinLength, userCode, email, firstName, lastName, problem } = input;
  const t = texts.signUp;
  const wrongPassword = isPasswordFault(problem);
  const instead = { href: withPending(paths.signIn, input, email), text: t.signInInstead };
  const wrongName = problem === 'invalidName';
  const body = html`
    <div class="tight">
      <h1>${t.title}</h1>
      !${pendingCodeLine(t.forCode, userCode)}
    </div>
    !${problemNote(
      isPasswordFault(problem)
        ? passwordFaultText(problem, passwordMinLength, texts)
        : problem && problemText(problem, input, texts),
      problem === 'emailTaken' ? instead : undefined,
    )}
    <form class="stack" method="post" action="${withPending(paths.signUp, input)}">
      !${hiddenFields({ csrf_token: csrfToken, ...pendingFields(input) })}
      !${textField({
        name: 'email',
        label: texts.email,
        type: 'email',
        autocomplete: 'username',
        value: email,
        hint: input.sendsLink ? t.emailHint : undefined,
        focus: !wrongPassword && !wrongName,
        wrong: problem === 'emailTaken' || problem === 'invalidEmail',
      })}
      !${newPasswordField(
        {
          name: 'password',
          label: texts.password,
          minLength: passwordMinLength,
          focus: wrongPassword,
          wrong: wrongPassword,
        },
        texts,
      )}
      <div class="pair">
        !${textField({
          name: 'first_name',
          label: t.firstName,
          type: 'text',
          autocomplete: 'given-name',
          value: firstName,
          optional: true,
          focus: wrongName,
          wrong: wrongName,
        })}
        !${textField({
          name: 'last_name',
          label: t.lastName,
          type: 'text',
          autocomplete: 'family-name',
          value: lastName,
          optional: true,
          wrong: wrongName,
        })}
      </div>
      <button class="button">${t.submit}</button>
    </form>
    <p>${t.haveAccount} <a href="${withPending(paths.signIn, input)}">${t.toSignIn}</a></p>
  `;
  return layout({ title: t.title, failed: problem !== undefined, body }, texts);
}

function problemText(
  problem: Exclude<SignUpProblem, PasswordFault>,
  { retryAfterSeconds = 0 }: SignUpInput,
  texts: Texts,
): string {
  const t = texts.signUp.problems;
  return problem === 'tooManyAttempts'
    ? t.tooManyAttempts({ when: relativeTime(retryAfterSeconds, texts.lang) })
    : t[problem];
}
