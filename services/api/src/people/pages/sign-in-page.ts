import { html } from 'ghtml';
import { hiddenFields, textField } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths, type Pending, pendingFields, providerSignInPath, withPending } from '../../pages/paths.ts';
import { relativeTime } from '../../pages/relative-time.ts';
import { problemNote } from '../../pages/problem-note.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import { pendingCodeLine } from '../../pages/shown-code.ts';
import { passkeyForm } from './passkey-form.ts';
import type { ProviderChoice } from '../provider-sign-in.ts';
import type { PasskeyProblem } from './passkey-problem.ts';
import { providerMark } from './provider-mark.ts';

/** Why a sign-in failed. Only somebody who knows the password learns that an address has an account. */
export type SignInProblem = 'wrongCredentials' | 'tooManyAttempts' | 'invalidInput' | 'blocked';

/** What the page shows again of the last attempt, and what is pending. */
export interface SignInInput extends Pending {
  readonly csrfToken: string;
  readonly email?: string | undefined;
  /** They have just signed out. */
  readonly signedOut?: boolean;
  readonly problem?: SignInProblem | undefined;
  /** After too many attempts: when the next one is admitted. */
  readonly retryAfterSeconds?: number | undefined;
  readonly passkeyProblem?: PasskeyProblem | undefined;
  /** What a passkey is asked to sign; null where nobody signs in with one. */
  readonly passkeyOptions?: object | null;
  readonly providers: readonly ProviderChoice[];
  /** Whether people can sign in with e-mail and password. */
  readonly embedded: boolean;
}

/** Asks the person to sign in before a code is looked up; every form and link keeps the code. */
export function signInPage(input: SignInInput, texts: Texts): string {
  const { userCode, problem, passkeyProblem, providers, embedded } = input;
  const t = texts.signIn;
  const buttons = providers.map(
    (provider) =>
      html`<a class="button outline" href="${providerSignInPath(provider.id, input)}"
        >!${providerMark(provider)}${t.through({ provider: provider.label })}</a
      >`,
  );
  const either = providers.length > 0 && embedded ? html`<p class="quiet">${t.or}</p>` : '';
  const body = html`
    <div class="tight">
      <h1>${t.title}</h1>
      !${pendingCodeLine(t.forCode, userCode)}
    </div>
    !${input.signedOut ? html`<p class="note done" role="status">${texts.signedOut}</p>` : ''}
    !${problemNote(problem && problemText(problem, input, texts))}
    !${problemNote(passkeyProblem && texts.passkey.refused[passkeyProblem])}
    !${providers.length > 0 ? html`<div class="tight">!${buttons}</div>` : ''} !${either}
    !${embedded ? passwordForm(input, texts) : ''}
  `;
  const failed = (problem ?? passkeyProblem) !== undefined;
  return layout({ title: t.title, failed, pending: input, body }, texts);
}

function passwordForm(input: SignInInput, texts: Texts): string {
  const { csrfToken, email, problem, providers } = input;
  const t = texts.signIn;
  const wrong = problem === 'wrongCredentials' || problem === 'invalidInput';
  return html`<form class="stack" method="post" action="${paths.signIn}">
      !${hiddenFields({ csrf_token: csrfToken, ...pendingFields(input) })}
      !${textField({
        name: 'email',
        label: texts.email,
        type: 'email',
        autocomplete: 'username',
        value: email,
        focus: !email && providers.length === 0,
        wrong,
      })}
      !${textField({
        name: 'password',
        label: texts.password,
        type: 'password',
        autocomplete: 'current-password',
        reveal: texts.reveal,
        focus: Boolean(email),
        wrong,
      })}
      <button class="button">${t.submit}</button>
    </form>
    !${passkeySection(input, texts)}
    <p><a href="${withPending(paths.forgot, input, email)}">${texts.forgot.link}</a></p>
    <p>${t.noAccount} <a href="${withPending(paths.signUp, input)}">${t.toSignUp}</a></p>`;
}

function problemText(problem: SignInProblem, { retryAfterSeconds = 0 }: SignInInput, texts: Texts): string {
  const t = texts.signIn.problems;
  return problem === 'tooManyAttempts'
    ? t.tooManyAttempts({ when: relativeTime(retryAfterSeconds, texts.lang) })
    : t[problem];
}

function passkeySection(input: SignInInput, texts: Texts): string {
  const { csrfToken, passkeyOptions } = input;
  if (!passkeyOptions) return '';
  return passkeyForm(
    {
      action: paths.signInByPasskey,
      ceremony: 'get',
      options: passkeyOptions,
      hidden: { csrf_token: csrfToken, ...pendingFields(input) },
      label: texts.passkey.signIn,
      buttonClass: 'outline',
    },
    texts,
  );
}
