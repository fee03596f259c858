import { type AccountStore, type AccountWithIdentities, type Identity, maxIdentities } from '@ravi/accounts';
import { type Lifetimes, narrowerScope } from '@ravi/credentials';
import { foldUserCode, formatUserCode, type LoginSummary } from '@ravi/device-login';
import type { Clock } from '@ravi/runtime';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { type Approver, approverOf } from '../approver.ts';
import { clientAddress } from '../../http/client-address.ts';
import { sameNetwork } from '../../limits/networks.ts';
import type { Approval, Decisions, FoundLogin } from '../decisions.ts';
import type { SignedIn } from '../../people/browser-sessions.ts';
import type { OAuthClients } from '../../tokens/clients.ts';
import type { ResourceServers } from '../../tokens/resource-servers.ts';
import { Problem } from '../../http/problem.ts';
import { parseBody } from '../../http/parse-body.ts';
import { chosenTerms, readDecision } from './decision-form.ts';
import { carried, codePage, seeOther } from '../../pages/see-other.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import { showSignIn, type SignInOffer } from '../../people/pages/sign-in.ts';
import { confirmPage, type ConfirmProblem } from './confirm-page.ts';
import { enterCodePage, type EnterCodeProblem } from './enter-code-page.ts';
import { resultPage, type ResultKind } from './result-page.ts';

export interface DevicePagesDeps extends SignInOffer {
  readonly decisions: Decisions;
  readonly accountStore: AccountStore;
  readonly clock: Clock;
  /** Off: the code page says that logins are switched off. */
  readonly deviceLogin: boolean;
  readonly lifetimes: Lifetimes;
  readonly oauthClients: OAuthClients;
  readonly resourceServers: ResourceServers;
}

const dayMs = 86_400_000;

const formInput = z.object({
  csrf_token: z.string().max(254).catch(''),
  user_code: z.string().max(254).catch(''),
  decision: z.enum(['approve', 'deny', '']).catch(''),
});

/** The pages on which a human enters a code, sees which program asks, and decides. (RFC 8628 §3.3) */
export class DevicePages {
  readonly #deps: DevicePagesDeps;

  constructor(deps: DevicePagesDeps) {
    this.#deps = deps;
  }

  /** `GET /device`, `GET /device?user_code=`: never approves. (RFC 8628 §3.3.1) */
  readonly open: Middleware = async (ctx) => {
    const linked = ctx.query['user_code'];
    const typed = typeof linked === 'string' ? linked : '';
    const signedIn = await this.#deps.sessions.read(ctx);
    if (!signedIn) return showSignIn(ctx, this.#deps, carried(typed));
    // A link on another site looks up no code, which would use up this person's guesses: they must press a button first.
    if (typed === '' || ctx.get('Sec-Fetch-Site') === 'cross-site')
      return this.#showEntry(ctx, signedIn, 200, { typed });
    await this.#showLogin(ctx, signedIn, typed, undefined);
  };

  /** `POST /device/code`: redirects to the page of the typed code, so that the back button finds a page that can be shown again. */
  readonly submitCode: Middleware = async (ctx) => {
    const { sessions } = this.#deps;
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return showSignIn(ctx, this.#deps, carried(form.user_code));
    sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
    if (foldUserCode(form.user_code) === null) {
      return this.#showEntry(ctx, signedIn, 400, { problem: 'malformed', typed: form.user_code });
    }
    seeOther(ctx, codePage(form.user_code));
  };

  /** `POST /device/decision`: approves or denies. A second click or a reload changes nothing and shows the same. */
  readonly decide: Middleware = async (ctx) => {
    const { sessions, decisions } = this.#deps;
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return showSignIn(ctx, this.#deps, carried(form.user_code));
    sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
    if (form.decision === '') return this.#showLogin(ctx, signedIn, form.user_code, 'noDecision');
    if (foldUserCode(form.user_code) === null)
      return this.#showEntry(ctx, signedIn, 400, { problem: 'malformed', typed: form.user_code });
    const approver = this.#approver(ctx, signedIn);
    try {
      if (form.decision === 'deny')
        return await this.#showDecision(ctx, signedIn, form, await decisions.deny(form.user_code, approver));
      const read = readDecision(ctx.request.body);
      if (read.kind === 'nameWithoutNewIdentity')
        return await this.#showLogin(ctx, signedIn, form.user_code, read.kind);
      const approval = await decisions.approve(form.user_code, read.request, approver);
      await this.#showDecision(ctx, signedIn, form, approval);
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'rate_limited') throw error;
      this.#showTooManyGuesses(ctx, signedIn, error);
    }
  };

  async #showLogin(
    ctx: Context,
    signedIn: SignedIn,
    typed: string,
    problem: ConfirmProblem | undefined,
  ): Promise<void> {
    const { accountStore, decisions } = this.#deps;
    let found: FoundLogin | null;
    let owner: AccountWithIdentities | null;
    try {
      if (foldUserCode(typed) === null)
        return this.#showEntry(ctx, signedIn, 400, { problem: 'malformed', typed });
      // Read together: it saves a round trip, and both are nearly always needed.
      [found, owner] = await Promise.all([
        decisions.find(typed, this.#approver(ctx, signedIn)),
        accountStore.read(signedIn.account.id),
      ]);
    } catch (error) {
      if (error instanceof Problem && error.code === 'rate_limited') {
        return this.#showTooManyGuesses(ctx, signedIn, error);
      }
      throw error;
    }
    if (!found) return this.#showEntry(ctx, signedIn, 404, { problem: 'unknown', typed });
    if (found.summary.state === 'expired')
      return this.#showEntry(ctx, signedIn, 404, { problem: 'expired', typed });
    if (found.summary.state !== 'pending')
      return this.#showEntry(ctx, signedIn, 409, { problem: 'used', typed });
    this.#showConfirmation(ctx, signedIn, found, owner?.identities ?? [], problem);
  }

  #showConfirmation(
    ctx: Context,
    signedIn: SignedIn,
    { userCode, summary, numbers }: FoundLogin,
    identities: readonly Identity[],
    problem: ConfirmProblem | undefined,
  ): void {
    const { sessions, clock, oauthClients, resourceServers, lifetimes } = this.#deps;
    const { account } = signedIn;
    const name = `${account.firstName} ${account.lastName}`.trim();
    const page = confirmPage(
      {
        csrfToken: sessions.csrfTokenFor(ctx, signedIn),
        userCode: formatUserCode(userCode),
        client: {
          ...requesterName(summary, oauthClients),
          service: resourceServers.describe(summary.resource),
          scope: summary.requestedScope,
          ...(summary.userAgent === '' ? {} : { userAgent: summary.userAgent }),
          address: summary.address,
          requestedSecondsAgo: Math.max(0, Math.round((clock.nowMs() - summary.startedAtMs) / 1000)),
          sameNetworkAsYou: sameNetwork(summary.address, clientAddress(ctx)),
        },
        account: { email: account.email, ...(name === '' ? {} : { name }) },
        asked: narrowerScope('account', summary.requestedScope),
        identities,
        numbers,
        canAddIdentity: identities.length < maxIdentities,
        unusedDays: lifetimes.programsEndUnused ? lifetimes.programIdleMs / dayMs : null,
        chosen: problem === undefined ? {} : chosenTerms(ctx.request.body),
        ...(problem === undefined ? {} : { problem }),
      },
      pageTexts(ctx),
    );
    showPage(ctx, problem === undefined ? 200 : 400, page);
  }

  async #showDecision(
    ctx: Context,
    signedIn: SignedIn,
    { user_code: typed }: z.infer<typeof formInput>,
    decision: Approval,
  ): Promise<void> {
    const show = (status: number, kind: ResultKind) =>
      showPage(ctx, status, resultPage({ kind }, pageTexts(ctx)));
    switch (decision.kind) {
      case 'unknownIdentity':
      case 'identityNeeded':
      case 'tooManyIdentities':
      case 'numberNeeded':
        return this.#showLogin(ctx, signedIn, typed, decision.kind);
      case 'approved': {
        const { userCode: follow } = carried(typed);
        return showPage(ctx, 200, resultPage({ kind: 'approved', follow }, pageTexts(ctx)), 'live');
      }
      case 'denied':
        return show(200, decision.kind);
      case 'wrongNumber':
        return show(409, 'wrongNumber');
      case 'decided':
        return show(409, decision.state === 'approved' ? 'alreadyApproved' : 'alreadyDenied');
      case 'expired':
        return show(404, 'expired');
      case 'unknown':
        return this.#showEntry(ctx, signedIn, 404, { problem: 'unknown' });
    }
  }

  #approver(ctx: Context, { account }: SignedIn): Approver {
    const { headers } = ctx;
    const requestId = String(ctx.state['requestId']);
    return approverOf({ headers, address: clientAddress(ctx), requestId }, account);
  }

  #showTooManyGuesses(ctx: Context, signedIn: SignedIn, problem: Problem): void {
    if (problem.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(problem.retryAfterSeconds));
    this.#showEntry(ctx, signedIn, 429, { problem: 'tooManyGuesses' });
  }

  #showEntry(
    ctx: Context,
    signedIn: SignedIn,
    status: number,
    { problem, typed = '' }: { readonly problem?: EnterCodeProblem; readonly typed?: string },
  ): void {
    const input = {
      csrfToken: this.#deps.sessions.csrfTokenFor(ctx, signedIn),
      account: { email: signedIn.account.email },
      ...carried(typed),
      switchedOff: !this.#deps.deviceLogin,
      ...(problem === undefined ? {} : { problem }),
    };
    showPage(ctx, status, enterCodePage(input, pageTexts(ctx)));
  }
}

/** The shown name of a program: the operator's for a registered client, else its own. */
function requesterName({ clientId, clientName }: LoginSummary, clients: OAuthClients) {
  const registeredName = clients.registeredName(clientId);
  if (registeredName !== null) return { registeredName };
  return clientName === '' ? {} : { name: clientName };
}
