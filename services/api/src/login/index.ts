// Lives here: one device login from its start to its answer: codes, decisions, held waits, collection; for both APIs and the pages.
// Lives elsewhere: what its credentials do afterwards (../tokens, ../account), the states and their scripts (packages/device-login).
import type { AccountStore, IdentityStore } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { GrantStore, Lifetimes } from '@ravi/credentials';
import type { LoginStore, PastDecisions } from '@ravi/device-login';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import type { Logger, Tracing } from '@ravi/telemetry';
import type { WakeupListener } from '@ravi/wakeups';
import type { Access } from '../access/index.ts';
import type { Feature } from '../http/feature.ts';
import type { IssuanceQueue } from '../issuance/queue.ts';
import type { WrongCodesAlarm } from '../limits/wrong-codes-alarm.ts';
import type { Limits } from '../limits/limits.ts';
import type { StartAdmission } from '../limits/start-admission.ts';
import type { People } from '../people/index.ts';
import type { Tokens } from '../tokens/index.ts';
import { bindAnswer } from './oauth-answer.ts';
import { Decisions } from './decisions.ts';
import { HeldWaits } from './held-waits.ts';
import { mountJsonApi } from './json-routes.ts';
import type { NumberMatchingPolicy } from './number-matching-policy.ts';
import { deviceCodeGrant, deviceCodeGrantType, mountOAuthApi } from './oauth-routes.ts';
import { mountPages } from './pages/index.ts';
import type { ScopeDescriptions } from './pages/scope-descriptions.ts';
import { Redeemer } from './redeemer.ts';
import { WithdrawnApprovals } from './withdrawn-approvals.ts';
import { startSweeping } from './lost-wakeups-sweep.ts';
import { WatchedPages } from './watched-pages.ts';

export interface LoginDeps {
  readonly access: Access;
  readonly people: People;
  readonly tokens: Tokens;
  readonly logins: LoginStore;
  readonly pastDecisions: PastDecisions;
  readonly accountStore: AccountStore;
  readonly identities: IdentityStore;
  readonly grants: GrantStore;
  readonly queue: IssuanceQueue;
  readonly limits: Limits;
  readonly startAdmission: StartAdmission;
  readonly alarm: WrongCodesAlarm;
  readonly keys: ServiceKeyGenerations;
  readonly instance: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditLog;
  /** Tells another api instance that a login has changed. */
  readonly wake: (instance: string, loginId: string) => Promise<void>;
  readonly metrics: LoginMetrics;
  /** Null where nothing is traced. */
  readonly tracing: Tracing | null;
  /** Redis could not serve something, by this error. */
  readonly onUnavailable: (error: unknown) => void;
  readonly settings: LoginSettings;
}

/** The operator's settings for logins. */
export interface LoginSettings {
  readonly publicUrl: string;
  /** Off: no login starts, and the pages say so. */
  readonly deviceLogin: boolean;
  readonly deviceCodeTtlSeconds: number;
  readonly pollIntervalSeconds: number;
  readonly longPollDefaultSeconds: number;
  readonly longPollMaxSeconds: number;
  readonly maxHeldWaits: number;
  readonly recheckSeconds: number;
  readonly numberMatching: NumberMatchingPolicy;
  /** The header in which the proxy says the country of a request; null for none. */
  readonly locationHeader: string | null;
  /** What people are told of each scope. */
  readonly scopeDescriptions: ScopeDescriptions;
  readonly lifetimes: Lifetimes;
  /** New identities get their address in the first domain. */
  readonly identityEmailDomains: readonly [string, ...string[]];
}

export interface LoginMetrics {
  started(): void;
  approved(): void;
  denied(): void;
  /** A program was told that its login has expired. */
  expired(): void;
  /** `waitedMs`: how long the approved program waited for its answer. */
  redeemed(waitedMs: number): void;
  wrongNumber(): void;
}

export interface Login extends Feature, WakeupListener {
  /** Requests of programs that are held now. */
  readonly heldNow: number;
  /** Pages that are held now. */
  readonly watchedNow: number;
}

/** Pages ask again by themselves: they get a tenth as many places as programs, and are held for a short time. */
const watchShare = 1 / 10;
const watchSeconds = 25;

/** Composes the feature and starts to sweep; opens no connection. */
export function createLogin(deps: LoginDeps): Login {
  const { access, people, tokens, grants, clock, logger, metrics, settings } = deps;
  const { longPollMaxSeconds, maxHeldWaits } = settings;
  const withdrawnApprovals = new WithdrawnApprovals(deps);
  const redeemer = new Redeemer({
    ...deps,
    withdrawnApprovals,
    pollIntervalSeconds: settings.pollIntervalSeconds,
    revocation: access.revocation,
    bind: (issued, keyThumbprint) => bindAnswer(tokens.minting, grants, issued, keyThumbprint, clock.nowMs()),
    onRedeemed: (waitedMs) => metrics.redeemed(waitedMs),
    onExpired: () => metrics.expired(),
  });
  const heldWaits = new HeldWaits({
    ...deps,
    redeemer,
    maxHeld: maxHeldWaits,
    pollIntervalSeconds: settings.pollIntervalSeconds,
  });
  const watchedPages = new WatchedPages({
    ...deps,
    maxHeld: Math.ceil(maxHeldWaits * watchShare),
    holdMs: Math.min(watchSeconds, longPollMaxSeconds) * 1000,
  });
  const sweeping = startSweeping(heldWaits, settings.recheckSeconds, logger);
  const decisions = new Decisions({
    ...deps,
    withdrawnApprovals,
    identityEmailDomain: settings.identityEmailDomains[0],
    numberMatching: settings.numberMatching,
  });
  const { sessions, providerSignIn, passkeys, reauthentication, embeddedAccounts } = people;
  const { oauthClients, resourceServers } = tokens;
  const parts = {
    ...deps,
    ...settings,
    sessions,
    providerSignIn,
    passkeys,
    reauthentication,
    embeddedAccounts,
    oauthClients,
    resourceServers,
    redeemer,
    heldWaits,
    watchedPages,
    decisions,
  };
  tokens.grantTypes.register(deviceCodeGrant, deviceCodeGrantType(parts, longPollMaxSeconds));
  return {
    get heldNow() {
      return heldWaits.size;
    },
    get watchedNow() {
      return watchedPages.size;
    },
    onWakeup(loginId) {
      heldWaits.onWakeup(loginId);
      watchedPages.onWakeup(loginId);
    },
    onGap() {
      sweeping.now();
      watchedPages.onGap();
    },
    mount(routes) {
      mountJsonApi(routes, parts);
      mountOAuthApi(routes, parts);
      mountPages(routes, parts);
    },
    stopHolding() {
      sweeping.stop();
      withdrawnApprovals.stop();
      heldWaits.close();
      watchedPages.close();
    },
    // All answers are written now. The connections may close only once Redis has noted them.
    close: () => redeemer.allNoted(),
  };
}
