import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { clientAddress } from '../../http/client-address.ts';
import { parseBody } from '../../http/parse-body.ts';
import type { Problem } from '../../http/problem.ts';
import { byPassword } from '@ravi/accounts';
import { paths, type Pending, withPending } from '../../pages/paths.ts';
import { refusedForm } from '../../pages/refused-form.ts';
import { carried, pendingPage, seeOther } from '../../pages/see-other.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import type { SignedIn } from '../browser-sessions.ts';
import { finishSignIn } from '../finish-sign-in.ts';
import type { LinkedProviders } from '../linked-providers.ts';
import { passwordProblemIn } from './own-password-problem.ts';
import type { PasswordAccounts } from '../password-accounts.ts';
import type { ProviderSignIn } from '../provider-sign-in.ts';
import { signsInWithPassword } from '../signs-in-with-password.ts';
import { onceMorePage, type OnceMoreInput } from './once-more-page.ts';
import { type PasskeyProblem, passkeyProblemIn } from './passkey-problem.ts';
import type { SecondStepPagesDeps } from './second-step.ts';

export interface OnceMorePagesDeps extends SecondStepPagesDeps {
  readonly passwordAccounts: PasswordAccounts;
  readonly providerSignIn: ProviderSignIn;
  readonly linkedProviders: LinkedProviders;
  readonly embeddedAccounts: boolean;
}

const optionalText = z.string().max(254).catch('');
const formInput = z.object({
  csrf_token: optionalText,
  user_code: optionalText,
  next: optionalText,
  again: optionalText,
  password: z.string().max(1024).catch(''),
  answer: z.string().max(12_000).catch(''),
});

/** `GET /signin/once-more`: asks a person who is signed in to prove again who they are. */
export function showOnceMore(deps: OnceMorePagesDeps): Middleware {
  return async (ctx) => {
    const pending = carried(ctx.query['user_code'], ctx.query['next']);
    const signedIn = await deps.sessions.read(ctx);
    if (!signedIn) return seeOther(ctx, withPending(paths.signIn, pending));
    await show(ctx, deps, signedIn, 200, pending);
  };
}

/** `POST /signin/once-more`: checks the password; then goes on, or asks for the second step. */
export function submitOnceMore(deps: OnceMorePagesDeps): Middleware {
  const { sessions, browsers, passwordAccounts, secondSteps } = deps;
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    const pending = carried(form.user_code, form.next);
    const signedIn = await sessions.awaitForForm(ctx, form.csrf_token);
    // Whoever is not signed in is asked to, there.
    if (!signedIn) return seeOther(ctx, pendingPage(pending));
    sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
    const { account } = signedIn;
    try {
      const origin = { address: clientAddress(ctx), browser: browsers.idFor(ctx, account) };
      await passwordAccounts.requirePassword(account, form.password, origin);
    } catch (error) {
      const { status, ...refused } = refusedForm(ctx, error, passwordProblemIn);
      return show(ctx, deps, signedIn, status, { ...pending, ...refused });
    }
    if (account.hasSecondFactor) {
      secondSteps.begin(ctx, account);
      return seeOther(ctx, withPending(paths.secondStep, pending));
    }
    await finishSignIn(deps, ctx, account, byPassword, { form: form.csrf_token, signedIn });
    seeOther(ctx, pendingPage(pending));
  };
}

interface PasskeyRefusal {
  readonly problem?: 'tooManyAttempts' | 'blocked';
  readonly passkeyProblem?: PasskeyProblem;
}

/**
 * `POST /signin/by-passkey`: signs in whom the passkey names, from the sign-in page or the page that asks once more; or shows that page
 * again with the problem.
 */
export function submitPasskey(
  deps: OnceMorePagesDeps,
  showSignInAgain: (
    ctx: Context,
    status: number,
    shown: Pick<OnceMoreInput, keyof Pending | 'retryAfterSeconds' | 'passkeyProblem'> & {
      readonly problem?: 'tooManyAttempts' | 'blocked' | undefined;
    },
  ) => void,
): Middleware {
  const { sessions, browsers, passkeys } = deps;
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    const pending = carried(form.user_code, form.next);
    const signedIn = form.again === '' ? null : await sessions.awaitForForm(ctx, form.csrf_token);
    if (form.again !== '' && !signedIn) return seeOther(ctx, pendingPage(pending));
    sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
    try {
      const account = await passkeys.signIn(
        form.answer,
        form.csrf_token,
        clientAddress(ctx),
        (owner) => browsers.idFor(ctx, owner),
        signedIn?.account,
      );
      const proving = { form: form.csrf_token, signedIn: signedIn ?? (await sessions.read(ctx)) };
      await finishSignIn(deps, ctx, account, { by: 'passkey', factor: null }, proving);
    } catch (error) {
      const refused = refusedForm(ctx, error, passkeyRefusalOf);
      const { status, retryAfterSeconds } = refused;
      const { problem, passkeyProblem } = refused.problem;
      const told = { ...pending, passkeyProblem, retryAfterSeconds };
      if (signedIn && problem !== 'blocked') return show(ctx, deps, signedIn, status, { ...told, problem });
      return showSignInAgain(ctx, status, { ...told, problem });
    }
    seeOther(ctx, pendingPage(pending));
  };
}

/** What the page tells of a passkey that signed nobody in. */
function passkeyRefusalOf(refusal: Problem): PasskeyRefusal | undefined {
  if (refusal.code === 'rate_limited') return { problem: 'tooManyAttempts' };
  if (refusal.code === 'forbidden') return { problem: 'blocked' };
  const passkeyProblem = passkeyProblemIn(refusal);
  return passkeyProblem && { passkeyProblem };
}

async function show(
  ctx: Context,
  deps: OnceMorePagesDeps,
  signedIn: SignedIn,
  status: number,
  shown: Pick<OnceMoreInput, keyof Pending | 'problem' | 'retryAfterSeconds' | 'passkeyProblem'>,
): Promise<void> {
  const { sessions, secondFactors, passkeys, providerSignIn, linkedProviders, embeddedAccounts } = deps;
  const csrfToken = sessions.csrfTokenFor(ctx, signedIn);
  const { account } = signedIn;
  const [factors, hasPassword, links] = await Promise.all([
    secondFactors.read(account),
    signsInWithPassword(deps, account),
    linkedProviders.read(account),
  ]);
  // Through any other they would sign in to another account, perhaps a new one.
  const theirs = providerSignIn.choices.filter(({ id }) => links.some(({ provider }) => provider === id));
  const input = {
    ...shown,
    csrfToken,
    account: { email: account.email },
    hasPassword,
    // Where these accounts are off, nobody signs in by a passkey alone: it is the step after the provider.
    passkeyOptions:
      factors.passkeys.length === 0 || !embeddedAccounts
        ? null
        : passkeys.requestOptions({ use: 'sign-in', csrfToken, userId: '' }, factors),
    providers: hasPassword || theirs.length > 0 ? theirs : providerSignIn.choices,
  };
  showPage(ctx, status, onceMorePage(input, pageTexts(ctx)), 'passwordOrPasskey');
}
