import { type AccountStore, hasRoomForIdentity, type Identity } from '@ravi/accounts';
import { type GrantStore, type Lifetimes, narrowerScope } from '@ravi/credentials';
import { foldUserCode, formatUserCode, type LoginSummary } from '@ravi/device-login';
import type { Clock } from '@ravi/runtime';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { type Approver, approverOf } from '../approver.ts';
import { clientAddress } from '../../http/client-address.ts';
import { sameNetwork } from '../../limits/networks.ts';
import type { Approval, Decisions, FoundLogin } from '../decisions.ts';
import type { SignedIn } from '../../people/browser-sessions.ts';
import type { Reauthentication, SentForm } from '../../people/reauthentication.ts';
import type { OAuthClients } from '../../tokens/clients.ts';
import type { ResourceServers } from '../../tokens/resource-servers.ts';
import { Problem } from '../../http/problem.ts';
import { parseBody } from '../../http/parse-body.ts';
import { chosenTerms, type DecisionForm, readDecision } from './decision-form.ts';
import { carried, codePage, resultOf, seeOther } from '../../pages/see-other.ts';
import { displaySafe } from '../../pages/display-safe.ts';
import { paths, withPending } from '../../pages/paths.ts';
import { mailLanguage } from '../../pages/page-texts.ts';
import { pageTexts, showPageUncompressed } from '../../pages/show-page.ts';
import { showSignIn, type SignInOffer } from '../../people/pages/sign-in.ts';
import { confirmPage, type ConfirmProblem } from './confirm-page.ts';
import { keyApprovedAtMs } from './approved-before.ts';
import { describeScopes, type ScopeDescriptions } from './scope-descriptions.ts';
import { type EnterCodeInput, enterCodePage } from './enter-code-page.ts';

export interface DevicePagesDeps extends SignInOffer {
  readonly decisions: Decisions;
  readonly reauthentication: Reauthentication;
  readonly accountStore: AccountStore;
  readonly grants: GrantStore;
  readonly clock: Clock;
  /** Off: the code page says that logins are switched off. */
  readonly deviceLogin: boolean;
  readonly lifetimes: Lifetimes;
  readonly oauthClients: OAuthClients;
  readonly resourceServers: ResourceServers;
  /** What people are told of each scope. */
  readonly scopeDescriptions: ScopeDescriptions;
}

const dayMs = 86_400_000;

/** The form of the confirmation, but for the terms. */
type DecisionPosted = z.infer<typeof formInput>;

/** What became of the form: a decision, or a question to ask again. */
type PageOutcome = Approval | Exclude<DecisionForm, { kind: 'request' }>;

const formInput = z.object({
  csrf_token: z.string().max(254).catch(''),
  user_code: z.string().max(254).catch(''),
  decision: z.enum(['approve', 'deny', '']).catch(''),
  shown: z.string().max(254).catch(''),
});

/** The form of the decision about one code, as it was sent; without a mark where it is not shown yet. */
const sentForm = (userCode: string, mark = '') => ({ purpose: `decision ${foldUserCode(userCode)}`, mark });

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
    // A link on another site looks up no code, since that would use up this person's guesses: they must press a button first.
    if (typed === '' || ctx.get('Sec-Fetch-Site') === 'cross-site')
      return this.#showEntry(ctx, signedIn, 200, { typed });
    // The person who decided about it is told so, even if the login is gone. No guess is counted.
    const folded = foldUserCode(typed);
    if (folded !== null && (await this.#deps.decisions.recall(folded, signedIn.account.id)) !== null)
      return seeOther(ctx, resultOf(typed));
    // Before the page, so that nobody loses what they chose there.
    if (this.#sendToProof(ctx, signedIn, typed)) return;
    await this.#lookUp(ctx, signedIn, typed, () => this.#showLogin(ctx, signedIn, typed, undefined));
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
    const { sessions } = this.#deps;
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return showSignIn(ctx, this.#deps, carried(form.user_code));
    sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
    const { user_code: typed, decision } = form;
    await this.#lookUp(ctx, signedIn, typed, async () => {
      if (decision === '') return this.#showLogin(ctx, signedIn, typed, 'noDecision');
      if (foldUserCode(typed) === null)
        return this.#showEntry(ctx, signedIn, 400, { problem: 'malformed', typed });
      const sent = sentForm(typed, form.shown);
      if (decision === 'approve' && this.#sendToProof(ctx, signedIn, typed, sent)) return;
      const outcome = await this.#decide(ctx, form, this.#approver(ctx, signedIn));
      await this.#showOutcome(ctx, signedIn, form, outcome);
    });
  };

  /** Runs a step that looks up a code; after too many wrong ones, shows the page that says when to go on. */
  async #lookUp(ctx: Context, signedIn: SignedIn, typed: string, show: () => Promise<void>): Promise<void> {
    try {
      await show();
    } catch (error) {
      if (!isTooManyGuesses(error)) throw error;
      const { retryAfterSeconds } = error;
      if (retryAfterSeconds !== undefined) ctx.set('Retry-After', String(retryAfterSeconds));
      this.#showEntry(ctx, signedIn, 429, { problem: 'tooManyGuesses', typed, retryAfterSeconds });
    }
  }

  /** Whether the person first has to prove who they are, or to set up a second factor; the code comes along. */
  #sendToProof(ctx: Context, signedIn: SignedIn, typed: string, form?: SentForm): boolean {
    const missing = this.#deps.reauthentication.beforeApproval(signedIn, form);
    if (missing === 'nothing') return false;
    seeOther(ctx, withPending(missing === 'proof' ? paths.onceMore : paths.security, carried(typed)));
    return true;
  }

  async #showLogin(
    ctx: Context,
    signedIn: SignedIn,
    typed: string,
    problem: ConfirmProblem | undefined,
  ): Promise<void> {
    const { accountStore, decisions } = this.#deps;
    if (foldUserCode(typed) === null)
      return this.#showEntry(ctx, signedIn, 400, { problem: 'malformed', typed });
    // Read together: it saves a round trip, and both are nearly always needed.
    const [found, owner] = await Promise.all([
      decisions.find(typed, this.#approver(ctx, signedIn)),
      accountStore.read(signedIn.account.id),
    ]);
    if (!found) return this.#showEntry(ctx, signedIn, 404, { problem: 'unknown', typed });
    if (found.summary.state === 'expired')
      return this.#showEntry(ctx, signedIn, 404, { problem: 'expired', typed });
    if (found.summary.decision?.userId === signedIn.account.id) return seeOther(ctx, resultOf(typed));
    if (found.summary.state !== 'pending')
      return this.#showEntry(ctx, signedIn, 409, { problem: 'used', typed });
    const keyKnownAtMs = await keyApprovedAtMs(
      this.#deps.grants,
      found.summary,
      owner,
      this.#deps.clock.nowMs(),
    );
    this.#showConfirmation(ctx, signedIn, { ...found, keyKnownAtMs }, owner?.identities ?? [], problem);
  }

  #showConfirmation(
    ctx: Context,
    signedIn: SignedIn,
    { userCode, summary, numbers, keyKnownAtMs }: FoundLogin & { readonly keyKnownAtMs: number | null },
    identities: readonly Identity[],
    problem: ConfirmProblem | undefined,
  ): void {
    const { sessions, clock, oauthClients, resourceServers, lifetimes, scopeDescriptions, reauthentication } =
      this.#deps;
    const { account } = signedIn;
    const texts = pageTexts(ctx);
    const { requestedScope } = summary;
    const sent = problem === undefined ? '' : parseBody(formInput, ctx.request.body).shown;
    const secondsSince = (atMs: number) => Math.max(0, Math.round((clock.nowMs() - atMs) / 1000));
    const page = confirmPage(
      {
        csrfToken: sessions.csrfTokenFor(ctx, signedIn),
        shown: reauthentication.markForm(signedIn, sentForm(userCode, sent)),
        userCode: formatUserCode(userCode),
        client: {
          name: programOf(summary, oauthClients),
          keyKnownSecondsAgo: keyKnownAtMs === null ? undefined : secondsSince(keyKnownAtMs),
          service: resourceServers.describe(summary.resource),
          scopes: describeScopes(requestedScope, scopeDescriptions, texts),
          userAgent: summary.userAgent,
          address: summary.address,
          country: summary.country,
          goodUntilMs: summary.expiresAtMs,
          requestedSecondsAgo: secondsSince(summary.startedAtMs),
          sameNetworkAsYou: sameNetwork(summary.address, clientAddress(ctx)),
        },
        email: account.email,
        owner: ownerOf(account),
        asked: narrowerScope('account', requestedScope),
        identities,
        numbers,
        canAddIdentity: hasRoomForIdentity(identities),
        unusedDays: unusedDaysOf(lifetimes),
        keyLifetimes: keyLifetimesOf(lifetimes, summary),
        chosen: problem === undefined ? {} : chosenTerms(ctx.request.body),
        ...(problem === undefined ? {} : { problem }),
      },
      texts,
    );
    showPageUncompressed(ctx, problem === undefined ? 200 : 400, page, 'decision');
  }

  async #decide(ctx: Context, form: DecisionPosted, approver: Approver): Promise<PageOutcome> {
    const { decisions } = this.#deps;
    if (form.decision === 'deny') return decisions.deny(form.user_code, approver);
    const read = readDecision(ctx.request.body);
    return read.kind === 'request' ? decisions.approve(form.user_code, read.request, approver) : read;
  }

  /** A decision has a page of its own, so that reloading, going back and opening it again tell what was decided. */
  async #showOutcome(
    ctx: Context,
    signedIn: SignedIn,
    { user_code: typed, decision }: DecisionPosted,
    outcome: PageOutcome,
  ): Promise<void> {
    switch (outcome.kind) {
      case 'unknownIdentity':
      case 'identityNeeded':
      case 'nameWithoutNewIdentity':
      case 'tooManyIdentities':
      case 'numberNeeded':
        return this.#showLogin(ctx, signedIn, typed, outcome.kind);
      case 'wrongNumber':
        return seeOther(ctx, resultOf(typed));
      case 'approved':
      case 'denied':
      case 'decided':
        return seeOther(ctx, resultOf(typed, decision === '' ? undefined : decision));
      case 'expired':
        return seeOther(ctx, codePage(typed));
      case 'unknown':
        return this.#showEntry(ctx, signedIn, 404, { problem: 'unknown', typed });
    }
  }

  #approver(ctx: Context, { account }: SignedIn): Approver {
    const { headers } = ctx;
    const requestId = String(ctx.state['requestId']);
    return approverOf({ headers, address: clientAddress(ctx), requestId }, account, mailLanguage(ctx));
  }

  #showEntry(
    ctx: Context,
    signedIn: SignedIn,
    status: number,
    { typed = '', ...shown }: Partial<Pick<EnterCodeInput, 'typed' | 'problem' | 'retryAfterSeconds'>>,
  ): void {
    const { sessions, deviceLogin } = this.#deps;
    const input = {
      csrfToken: sessions.csrfTokenFor(ctx, signedIn),
      account: { email: signedIn.account.email },
      typed,
      ...carried(typed),
      switchedOff: !deviceLogin,
      ...shown,
    };
    showPageUncompressed(ctx, status, enterCodePage(input, pageTexts(ctx)));
  }
}

/** Whether too many wrong codes were entered: other refusals, such as that of too many approvals, are not about the code. */
function isTooManyGuesses(error: unknown): error is Problem {
  return error instanceof Problem && error.code === 'rate_limited' && error.field === 'user_code';
}

/** The shown name of a program: the operator's for a registered client, else its own; empty if it has none. */
export function programOf(
  { clientId, clientName }: Pick<LoginSummary, 'clientId' | 'clientName'>,
  clients: OAuthClients,
): string {
  return clients.registeredName(clientId) ?? clientName;
}

/** The account, by its names for people. */
export function ownerOf({ email, firstName, lastName }: SignedIn['account']): string {
  const name = displaySafe(`${firstName} ${lastName}`);
  return name === '' ? email : `${name} (${email})`;
}

/** A login that is unused for this number of days ends by itself; null: none does. */
export function unusedDaysOf({ programsEndUnused, programIdleMs }: Lifetimes): number | null {
  return programsEndUnused ? programIdleMs / dayMs : null;
}

/** The lifetimes of the keys that a login gives; null for one of an OAuth 2.0 client, which gets none. */
function keyLifetimesOf(
  lifetimes: Lifetimes,
  { clientId }: Pick<LoginSummary, 'clientId'>,
): Lifetimes | null {
  return clientId === '' ? lifetimes : null;
}
