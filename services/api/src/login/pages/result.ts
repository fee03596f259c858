import type { Identity } from '@ravi/accounts';
import { foldUserCode, formatUserCode, type MadeDecision, type PastDecision } from '@ravi/device-login';
import type { Context, Middleware } from 'koa';
import type { DecidedLogin } from '../decisions.ts';
import type { SignedIn } from '../../people/browser-sessions.ts';
import { showSignIn } from '../../people/pages/sign-in.ts';
import { carried, seeOther } from '../../pages/see-other.ts';
import { paths } from '../../pages/paths.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import { pageTexts, showPageUncompressed } from '../../pages/show-page.ts';
import { termsInWords } from './access-choice.ts';
import { type DevicePagesDeps, ownerOf, programOf, unusedDaysOf } from './device-pages.ts';
import { clientAddress } from '../../http/client-address.ts';
import { sameNetwork } from '../../limits/networks.ts';
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
    const { id } = signedIn.account;
    const [login, past, owner] = await Promise.all([
      decisions.decidedBy(folded, id),
      decisions.recall(folded, id),
      accountStore.read(id),
    ]);
    if (login !== null && past === null) await decisions.remember(login);
    const csrfToken = sessions.csrfTokenFor(ctx, signedIn);
    const userCode = formatUserCode(folded);
    const shown = { userCode, signedIn: { email: signedIn.account.email, csrfToken, userCode } };
    const texts = pageTexts(ctx);
    const decided = login ?? past;
    if (decided === null) return showPageUncompressed(ctx, 404, noResultPage(shown, texts));
    const { decision } = decided;
    const state = 'denied' in decided ? pastStateOf(decided) : stateOf(decided, clock.nowMs());
    const page = resultPage(
      {
        ...shown,
        state,
        decidedSecondsAgo: secondsSince(decision.atMs, clock.nowMs()),
        program: programOf(decided, deps.oauthClients),
        owner: ownerOf(signedIn.account),
        terms: isDenied(state) ? '' : givenTerms(deps, signedIn, decision, owner?.identities ?? [], texts),
        elsewhere: login !== null && isGiven(state) && !sameNetwork(login.address, clientAddress(ctx)),
        tooLate: tooLate(ctx, state),
      },
      texts,
    );
    showPageUncompressed(ctx, 200, page, follows(state) ? 'live' : undefined);
  };
}

/** What has become of a decided login by now. */
export function stateOf(
  { state, decision, expiresAtMs }: Pick<DecidedLogin, 'state' | 'decision' | 'expiresAtMs'>,
  nowMs: number,
): ResultState {
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

const isDenied = (state: ResultState) => state === 'denied' || state === 'wrongNumber';

/** Whether the program has its access, or comes for it. */
const isGiven = (state: ResultState) => state === 'waiting' || state === 'late' || state === 'collected';

/** What is known when the login is gone: the decision alone. */
function pastStateOf({ denied, decision }: PastDecision): ResultState {
  if (!denied) return 'past';
  return decision.wrongNumber ? 'wrongNumber' : 'denied';
}

function givenTerms(
  { lifetimes }: DevicePagesDeps,
  { account }: SignedIn,
  decision: MadeDecision,
  identities: readonly Identity[],
  texts: Texts,
): string {
  const identityName = identities.find(({ uuid }) => uuid === decision.identityUuid)?.name ?? '';
  const terms = { scope: decision.keyScope, identityName, ttlSeconds: decision.keyTtlSeconds };
  // The page of the decision told where keys end sooner; a decision of the past does not tell whether its login gave any.
  const how = { owner: ownerOf(account), unusedDays: unusedDaysOf(lifetimes), keyLifetimes: null };
  return termsInWords(terms, how, texts);
}

/** What was chosen now, where the other was decided before. */
function tooLate(ctx: Context, state: ResultState): 'approve' | 'deny' | undefined {
  const { chosen } = ctx.query;
  const denied = isDenied(state);
  if (chosen === 'approve' && denied) return chosen;
  return chosen === 'deny' && !denied ? chosen : undefined;
}

const secondsSince = (atMs: number, nowMs: number) => Math.max(0, Math.round((nowMs - atMs) / 1000));
