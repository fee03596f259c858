import { type Account, byPassword } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { type PasswordAccounts, signInInput, signUpInput } from '../password-accounts.ts';
import { clientAddress } from '../../http/client-address.ts';
import { mailOriginOf } from '../account-mails.ts';
import { askSecondStep } from '../ask-second-step.ts';
import { tellSignIn, type TellSignInDeps } from '../finish-sign-in.ts';
import type { BrowserSessions } from '../browser-sessions.ts';
import type { EmailVerification } from '../email-verification.ts';
import type { Passkeys } from '../passkeys.ts';
import type { PasswordPolicy } from '../password-policy.ts';
import type { SecondSteps } from '../second-step-tickets.ts';
import type { ProviderSignIn } from '../provider-sign-in.ts';
import type { Problem, ProblemCode } from '../../http/problem.ts';
import { parseBody } from '../../http/parse-body.ts';
import { refusedForm } from '../../pages/refused-form.ts';
import { carried, codePage, pendingPage, seeOther } from '../../pages/see-other.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import { paths, type Pending, withPending } from '../../pages/paths.ts';
import { type SignInInput, signInPage, type SignInProblem } from './sign-in-page.ts';
import { passwordFaultIn } from './new-password-field.ts';
import { signUpPage, type SignUpProblem } from './sign-up-page.ts';

/** Dependencies of showing the sign-in page. */
export interface SignInOffer {
  readonly sessions: BrowserSessions;
  readonly providerSignIn: ProviderSignIn;
  readonly embeddedAccounts: boolean;
  readonly passkeys: Passkeys;
}

export interface SignInPagesDeps extends SignInOffer, TellSignInDeps {
  readonly passwordAccounts: PasswordAccounts;
  readonly secondSteps: SecondSteps;
  readonly passwordPolicy: PasswordPolicy;
  readonly emailVerification: EmailVerification;
  readonly audit: AuditLog;
}

const optionalText = z.string().max(254).catch('');
const formInput = z.object({
  csrf_token: optionalText,
  user_code: optionalText,
  next: optionalText,
  email: optionalText,
  first_name: optionalText,
  last_name: optionalText,
});

/** `GET /signin`, and `/device` for people who are not signed in. An address in the link stands in its field. */
export function showSignIn(ctx: Context, offer: SignInOffer, pending: Pending): void {
  const { email } = ctx.query;
  const isOne = typeof email === 'string' && email.length <= 254;
  const signedOut = ctx.query['done'] === 'signed-out';
  showSignInForm(ctx, offer, 200, { ...pending, signedOut, ...(isOne ? { email } : {}) });
}

export function showSignInForm(
  ctx: Context,
  { sessions, providerSignIn, embeddedAccounts, passkeys }: SignInOffer,
  status: number,
  shown: Pick<
    SignInInput,
    keyof Pending | 'email' | 'signedOut' | 'problem' | 'retryAfterSeconds' | 'passkeyProblem'
  >,
): void {
  const csrfToken = sessions.csrfTokenFor(ctx, null);
  const input = {
    ...shown,
    csrfToken,
    passkeyOptions:
      embeddedAccounts && passkeys.enabled
        ? passkeys.requestOptions({ use: 'sign-in', csrfToken, userId: '' })
        : null,
    providers: providerSignIn.choices,
    embedded: embeddedAccounts,
  };
  showPage(ctx, status, signInPage(input, pageTexts(ctx)), 'passwordOrPasskey');
}

/** `GET /signup`. */
export function showSignUp(
  ctx: Context,
  { sessions, passwordPolicy, mails }: Pick<SignInPagesDeps, 'sessions' | 'passwordPolicy' | 'mails'>,
  pending: Pending,
): void {
  const csrfToken = sessions.csrfTokenFor(ctx, null);
  const passwordMinLength = passwordPolicy.minLengthFor(false);
  const input = { csrfToken, passwordMinLength, sendsLink: mails.enabled, ...pending };
  showPage(ctx, 200, signUpPage(input, pageTexts(ctx)), 'showPassword');
}

const signInProblems: Partial<Record<ProblemCode, SignInProblem>> = {
  invalid_request: 'invalidInput',
  wrong_credentials: 'wrongCredentials',
  rate_limited: 'tooManyAttempts',
  forbidden: 'blocked',
};

/** `POST /signin`: signs in and continues to the pending page, or shows the form again with the problem. */
export function submitSignIn(deps: SignInPagesDeps): Middleware {
  const { passwordAccounts, secondSteps, sessions, browsers } = deps;
  return async (ctx) => {
    const form = readForm(ctx, sessions);
    try {
      const input = parseBody(signInInput, ctx.request.body);
      const browserFor = (owner: Account) => browsers.idFor(ctx, owner);
      const account = await passwordAccounts.signIn(input, clientAddress(ctx), browserFor);
      if (account.hasSecondFactor) {
        secondSteps.begin(ctx, account);
        askSecondStep(deps, ctx, account);
        return seeOther(ctx, withPending(paths.secondStep, carried(form.user_code, form.next)));
      }
      await sessions.open(ctx, account, byPassword);
      await tellSignIn(deps, ctx, account, form.csrf_token);
      browsers.remember(ctx, account);
      seeOther(ctx, pendingPage(carried(form.user_code, form.next)));
    } catch (error) {
      const { status, ...refused } = refusedForm(ctx, error, ({ code }) => signInProblems[code]);
      showSignInForm(ctx, deps, status, {
        email: form.email,
        ...refused,
        ...carried(form.user_code, form.next),
      });
    }
  };
}

/** `POST /signup`: creates the account, signs in and continues to the pending page, or shows the form again. */
export function submitSignUp({
  passwordAccounts,
  sessions,
  browsers,
  emailVerification,
  mails,
  passwordPolicy,
}: SignInPagesDeps): Middleware {
  return async (ctx) => {
    const form = readForm(ctx, sessions);
    try {
      const account = await passwordAccounts.signUp(
        parseBody(signUpInput, ctx.request.body),
        clientAddress(ctx),
      );
      await sessions.open(ctx, account, byPassword);
      browsers.remember(ctx, account);
      emailVerification.sendFirstLink(account, mailOriginOf(ctx));
      seeOther(ctx, pendingPage(carried(form.user_code, form.next)));
    } catch (error) {
      const { status, ...refused } = refusedForm(ctx, error, signUpProblemOf);
      const input = {
        csrfToken: sessions.csrfTokenFor(ctx, null),
        passwordMinLength: passwordPolicy.minLengthFor(false),
        sendsLink: mails.enabled,
        email: form.email,
        firstName: form.first_name,
        lastName: form.last_name,
        ...refused,
        ...carried(form.user_code, form.next),
      };
      showPage(ctx, status, signUpPage(input, pageTexts(ctx)), 'showPassword');
    }
  };
}

/** Why a sign-up was refused, or which of its fields is wrong. */
function signUpProblemOf(refusal: Problem): SignUpProblem | undefined {
  if (refusal.code === 'conflict') return 'emailTaken';
  if (refusal.code === 'rate_limited') return 'tooManyAttempts';
  if (refusal.code !== 'invalid_request') return undefined;
  switch (refusal.field) {
    case 'password':
      return passwordFaultIn(refusal);
    case 'first_name':
    case 'last_name':
      return 'invalidName';
    default:
      return 'invalidEmail';
  }
}

/** `POST /signout`: ends the session. */
export function submitSignOut({ sessions, audit }: SignInPagesDeps): Middleware {
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const signedIn = await sessions.read(ctx);
    const form = parseBody(formInput, ctx.request.body);
    if (signedIn) {
      sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
      const { id: user } = signedIn.account;
      await sessions.close(ctx, signedIn, () =>
        audit.note({ event: 'signed_out', user, address: clientAddress(ctx) }),
      );
    }
    const page = codePage(form.user_code);
    seeOther(ctx, `${page}${page.includes('?') ? '&' : '?'}done=signed-out`);
  };
}

function readForm(ctx: Context, sessions: BrowserSessions): z.infer<typeof formInput> {
  sessions.requireSameOrigin(ctx);
  const form = parseBody(formInput, ctx.request.body);
  sessions.requireCsrfToken(ctx, null, form.csrf_token);
  return form;
}
