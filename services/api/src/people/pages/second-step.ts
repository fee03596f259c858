import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { parseBody } from '../../http/parse-body.ts';
import type { Problem } from '../../http/problem.ts';
import { paths, type Pending, withPending } from '../../pages/paths.ts';
import { refusedForm } from '../../pages/refused-form.ts';
import { carried, pendingPage, seeOther } from '../../pages/see-other.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import { mailOriginOf } from '../account-mails.ts';
import type { FactorCodes } from '../factor-codes.ts';
import { finishSignIn, type FinishSignInDeps } from '../finish-sign-in.ts';
import type { Passkeys } from '../passkeys.ts';
import type { ProviderSignIn } from '../provider-sign-in.ts';
import type { SecondFactors } from '../second-factors.ts';
import type { BegunSignIn, SecondSteps } from '../second-step-tickets.ts';
import { passkeyProblemIn } from './passkey-problem.ts';
import { securityDone } from './security-page.ts';
import { secondStepPage, type SecondStepInput, type SecondStepProblem } from './second-step-page.ts';

export interface SecondStepPagesDeps extends FinishSignInDeps {
  readonly secondSteps: SecondSteps;
  readonly secondFactors: SecondFactors;
  readonly factorCodes: FactorCodes;
  readonly passkeys: Passkeys;
  readonly providerSignIn: ProviderSignIn;
}

const optionalText = z.string().max(254).catch('');
const formInput = z.object({
  csrf_token: optionalText,
  user_code: optionalText,
  next: optionalText,
  code: optionalText,
  answer: z.string().max(12_000).catch(''),
});

/** `GET /signin/second-step`: asks for a code or a passkey, once the first step was right in this browser; else begins anew. */
export function showSecondStep(deps: SecondStepPagesDeps): Middleware {
  return async (ctx) => {
    const pending = carried(ctx.query['user_code'], ctx.query['next']);
    const begun = await deps.secondSteps.read(ctx);
    if (begun === null) return seeOther(ctx, withPending(paths.signIn, pending));
    await show(ctx, deps, begun, 200, pending);
  };
}

/** `POST /signin/second-step`: signs in and continues to the pending page, or shows the form again with the problem. */
export function submitSecondStep(deps: SecondStepPagesDeps): Middleware {
  const { sessions, browsers, secondSteps, factorCodes, passkeys } = deps;
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    sessions.requireCsrfToken(ctx, null, form.csrf_token);
    const pending = carried(form.user_code, form.next);
    const begun = await secondSteps.read(ctx);
    if (begun === null) return seeOther(ctx, await withoutTicket(ctx, deps, pending));
    const { account, provider } = begun;
    let usedRecoveryCode: boolean;
    try {
      const origin = { ...mailOriginOf(ctx), browser: browsers.idFor(ctx, account) };
      const factor =
        form.answer === ''
          ? await factorCodes.use(account, form.code, origin, form.csrf_token)
          : await passkeys
              .prove(account, form.answer, form.csrf_token, origin)
              .then(() => 'passkey' as const);
      const by = provider === '' ? 'password' : 'provider';
      // Whoever signs in anew, where their sessions have ended, shall not wait for another request.
      const signedIn = await sessions.readForForm(ctx, form.csrf_token);
      await finishSignIn(deps, ctx, account, { by, factor }, { form: form.csrf_token, signedIn, provider });
      usedRecoveryCode = factor === 'recovery_code';
    } catch (error) {
      const refused = refusedForm(ctx, error, (refusal) => problemIn(refusal, form.code));
      const { status, problem, retryAfterSeconds } = refused;
      return show(ctx, deps, begun, status, { ...pending, ...problem, retryAfterSeconds });
    }
    secondSteps.end(ctx);
    // That page says how many are left, and leads on to the pending code.
    const { userCode } = pending;
    seeOther(ctx, usedRecoveryCode ? securityDone('recovery', { userCode }) : pendingPage(pending));
  };
}

/** Sent twice, or by the back button: whoever is signed in by now goes on. Else it took too long. */
async function withoutTicket(
  ctx: Context,
  { sessions }: SecondStepPagesDeps,
  pending: Pending,
): Promise<string> {
  return (await sessions.read(ctx)) === null ? withPending(paths.signIn, pending) : pendingPage(pending);
}

async function show(
  ctx: Context,
  { sessions, secondFactors, passkeys, providerSignIn }: SecondStepPagesDeps,
  { account, provider }: BegunSignIn,
  status: number,
  shown: Pick<SecondStepInput, keyof Pending | 'problem' | 'retryAfterSeconds' | 'passkeyProblem'>,
): Promise<void> {
  const csrfToken = sessions.csrfTokenFor(ctx, null);
  const factors = await secondFactors.read(account);
  const input = {
    ...shown,
    csrfToken,
    email: account.email,
    provider: providerSignIn.find(provider)?.config.label ?? provider,
    hasApp: factors.totp !== null,
    passkeyOptions:
      factors.passkeys.length === 0
        ? null
        : passkeys.requestOptions({ use: 'second-step', csrfToken, userId: account.id }, factors),
  };
  showPage(ctx, status, secondStepPage(input, pageTexts(ctx)), 'passkey');
}

const codeProblems: readonly SecondStepProblem[] = ['wrong', 'replayed', 'none', 'unreadable'];

function problemIn(
  problem: Problem,
  typed: string,
): Pick<SecondStepInput, 'problem' | 'passkeyProblem'> | undefined {
  if (problem.code === 'rate_limited') return { problem: 'tooManyAttempts' };
  const passkeyProblem = passkeyProblemIn(problem);
  if (passkeyProblem !== undefined) return { passkeyProblem };
  if (problem.field !== 'code') return undefined;
  const reason = codeProblems.find((known) => known === problem.reason) ?? 'wrong';
  const isWrong = reason === 'wrong' || reason === 'none';
  // Only recovery codes have letters; whoever mistypes one is not sent to the clock of a phone.
  return { problem: isWrong && /\p{L}/u.test(typed) ? 'wrongRecovery' : reason };
}
