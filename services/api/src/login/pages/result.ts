import type { Identity } from '@ravi/accounts';
import { foldUserCode, formatUserCode } from '@ravi/device-login';
import type { Context, Middleware } from 'koa';
import type { DecidedLogin } from '../decisions.ts';
import type { SignedIn } from '../../people/browser-sessions.ts';
import { showSignIn } from '../../people/pages/sign-in.ts';
import { carried, seeOther } from '../../pages/see-other.ts';
import { paths } from '../../pages/paths.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import { termsInWords } from './access-choice.ts';
import { type DevicePagesDeps, ownerOf, programOf, unusedDaysOf } from './device-pages.ts';
import { follows, lateAfterSeconds, noResultPage, resultPage, type ResultState } from './result-page.ts';

/**
 * `GET /device/result?user_code=`: what this person decided about the login, and what has become of it. For every other login it answers
 * the same, 404, so that nothing can be learnt by guessing codes here; that is why it counts no guess.
 */
export function showResult(deps: DevicePagesDeps): Middleware {
  const { sessions, decisions, accountStore, clock } = deps;
  return async (ctx) => {
    const typed = ctx.query['user_code'];
    const folded = typeof typed === 'string' ? foldUserCode(typed) : null;
    if (folded === null) return seeOther(ctx, paths.device);
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return showSignIn(ctx, deps, carried(folded));
    const [summary, owner] = await Promise.all([
      decisions.decidedBy(folded, signedIn.account.id),
      accountStore.read(signedIn.account.id),
    ]);
    const csrfToken = sessions.csrfTokenFor(ctx, signedIn);
    const userCode = formatUserCode(folded);
    const shown = { userCode, signedIn: { email: signedIn.account.email, csrfToken, userCode } };
    const texts = pageTexts(ctx);
    if (summary === null) return showPage(ctx, 404, noResultPage(shown, texts));
    const { decision } = summary;
    const state = stateOf(summary, clock.nowMs());
    const page = resultPage(
      {
        ...shown,
        state,
        decidedSecondsAgo: secondsSince(decision.atMs, clock.nowMs()),
        program: programOf(summary, deps.oauthClients),
        owner: ownerOf(signedIn.account),
        terms: givenTerms(deps, signedIn, summary, owner?.identities ?? [], ctx),
        tooLate: tooLate(ctx, state),
      },
      texts,
    );
    showPage(ctx, 200, page, follows(state) ? 'live' : undefined);
  };
}

function stateOf({ state, decision, expiresAtMs }: DecidedLogin, nowMs: number): ResultState {
  switch (state) {
    case 'denied':
      return decision.wrongNumber ? 'wrongNumber' : 'denied';
    case 'aborted':
      return 'aborted';
    case 'redeemed':
      return 'collected';
    default:
      if (nowMs >= expiresAtMs) return 'neverCame';
      return secondsSince(decision.atMs, nowMs) < lateAfterSeconds ? 'waiting' : 'late';
  }
}

function givenTerms(
  { lifetimes }: DevicePagesDeps,
  { account }: SignedIn,
  { state, decision }: DecidedLogin,
  identities: readonly Identity[],
  ctx: Context,
): string {
  if (state === 'denied') return '';
  const identityName = identities.find(({ uuid }) => uuid === decision.identityUuid)?.name ?? '';
  const terms = { scope: decision.keyScope, identityName, ttlSeconds: decision.keyTtlSeconds };
  return termsInWords(
    terms,
    { owner: ownerOf(account), unusedDays: unusedDaysOf(lifetimes) },
    pageTexts(ctx),
  );
}

/** What was chosen now, where the other was decided before. */
function tooLate(ctx: Context, state: ResultState): 'approve' | 'deny' | undefined {
  const { chosen } = ctx.query;
  const denied = state === 'denied' || state === 'wrongNumber';
  if (chosen === 'approve' && denied) return chosen;
  return chosen === 'deny' && !denied ? chosen : undefined;
}

const secondsSince = (atMs: number, nowMs: number) => Math.max(0, Math.round((nowMs - atMs) / 1000));
