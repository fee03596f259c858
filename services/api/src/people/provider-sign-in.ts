import type { Account, AccountStore, EmailMoves, LinkedAccounts } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { RedisClient } from '@ravi/redis';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Limits } from '../limits/limits.ts';
import { spentSignInKey } from './keyspace.ts';
import type { OidcProvider, ProvenSubject } from './oidc-provider.ts';
import type { OidcProviderConfig } from './provider-config.ts';
import { problemAtProvider, type ProviderProblem } from './provider-problem.ts';
import {
  attemptTtlSeconds,
  beginAttempt,
  type PendingPurpose,
  recallAttempt,
  type ProviderAttempt,
} from './provider-attempt.ts';

export interface ProviderSignInDeps {
  readonly providers: readonly OidcProvider[];
  readonly accountStore: Pick<AccountStore, 'replicated'>;
  readonly linkedAccounts: LinkedAccounts;
  readonly emailMoves: Pick<EmailMoves, 'free'>;
  readonly limits: Pick<Limits, 'admitProviderSignIn'>;
  readonly redis: RedisClient;
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly audit: Pick<AuditLog, 'note'>;
  readonly identityEmailDomain: string;
}

/**
 * Why nobody was signed in. `unmatched`: this browser did not start it; `spent`: it was used already; `emailTaken`: the address
 * belongs to an account that signs in another way, and is proven; `noEmail`: the provider vouches for no address; `blocked`: the operator lets
 * nobody in.
 */
export type SignInFailure =
  | ProviderProblem
  | 'unmatched'
  | 'expired'
  | 'spent'
  | 'emailTaken'
  | 'noEmail'
  | 'busy'
  | 'blocked';

/** A sign-in that continues at the provider, or the reason why it cannot. */
export type Begun =
  | { readonly kind: 'begun'; readonly attempt: ProviderAttempt; readonly url: URL }
  | { readonly kind: 'failed'; readonly failure: SignInFailure };

/** How a sign-in ended; `secondStep`: the account has a second factor of its own, which is asked for first. The time is the provider's. */
export type Finished =
  | {
      readonly kind: 'signedIn' | 'secondStep';
      readonly account: Account;
      readonly authenticatedAtMs: number | undefined;
    }
  | { readonly kind: 'failed'; readonly failure: SignInFailure };

/** A provider as people choose it. */
export type ProviderChoice = Pick<OidcProviderConfig, 'id' | 'label' | 'mark'>;

/** Who came back from a provider, or why nobody did. */
export type Proven =
  | { readonly kind: 'proven'; readonly person: ProvenSubject }
  | { readonly kind: 'failed'; readonly failure: SignInFailure };

/** The address and the id of a request, for limits and the log. */
export interface RequestOrigin {
  readonly address: string;
  readonly requestId: string;
}

/** Sign-in through OpenID providers. One api begins it, any can finish it. (OpenID Connect Core §3.1) */
export class ProviderSignIn {
  readonly #deps: ProviderSignInDeps;

  constructor(deps: ProviderSignInDeps) {
    this.#deps = deps;
  }

  /** The providers on the sign-in page. */
  get choices(): readonly ProviderChoice[] {
    return this.#deps.providers.map(({ config: { id, label, mark } }) => ({ id, label, mark }));
  }

  /** The provider with this id; undefined if there is none. */
  find(id: string): OidcProvider | undefined {
    return this.#deps.providers.find(({ config }) => config.id === id);
  }

  /** Begins a sign-in. This browser must send the attempt's ticket with the callback. Throws 429 where it fails over the limit. */
  async begin(provider: OidcProvider, pending: PendingPurpose, origin: RequestOrigin): Promise<Begun> {
    const { clock, keys, limits } = this.#deps;
    const attempt = beginAttempt(provider.config.id, pending, clock.nowMs(), keys);
    try {
      return { kind: 'begun', attempt, url: await provider.authorizationUrl(attempt) };
    } catch (error) {
      const { problem, reason } = problemAtProvider(error);
      await limits.admitProviderSignIn(origin.address);
      this.#noteFailure(provider, origin, problem, reason);
      return { kind: 'failed', failure: problem };
    }
  }

  /** The attempt to which a callback belongs; null if it is another browser's or another provider's. */
  recall(provider: OidcProvider, ticket: string, state: string): ProviderAttempt | null {
    const attempt = recallAttempt(ticket, state, this.#deps.keys);
    return attempt?.providerId === provider.config.id ? attempt : null;
  }

  /** Finishes a sign-in, once. Throws 429 over the limit. */
  async finish(
    provider: OidcProvider,
    attempt: ProviderAttempt,
    query: string,
    origin: RequestOrigin,
  ): Promise<Finished> {
    const proof = await this.prove(provider, attempt, query, origin);
    if (proof.kind === 'failed') return proof;
    return this.#signIn(provider, proof.person, origin, this.#failing(provider, origin));
  }

  /** Tells who came back, once, and signs nobody in. Throws 429 over the limit. */
  async prove(
    provider: OidcProvider,
    attempt: ProviderAttempt,
    query: string,
    origin: RequestOrigin,
  ): Promise<Proven> {
    const { clock, limits } = this.#deps;
    const fail = this.#failing(provider, origin);
    // Before all that is noted: one address shall not fill the audit log.
    await limits.admitProviderSignIn(origin.address);
    if (clock.nowMs() >= attempt.expiresAtMs) return fail('expired', 'took too long');
    if (!(await this.#spend(attempt))) return fail('spent', 'the same callback again');
    const proof = await provider.prove(query, attempt);
    return proof.kind === 'failed' ? fail(proof.problem, proof.reason) : proof;
  }

  #failing(provider: OidcProvider, origin: RequestOrigin) {
    return (failure: SignInFailure, reason: string, user?: number) => {
      this.#noteFailure(provider, origin, failure, reason, user);
      return { kind: 'failed' as const, failure };
    };
  }

  async #signIn(
    provider: OidcProvider,
    subject: ProvenSubject,
    origin: RequestOrigin,
    fail: (failure: SignInFailure, reason: string, user?: number) => Finished,
  ): Promise<Finished> {
    const { accountStore, linkedAccounts, emailMoves, clock, logger, audit, identityEmailDomain } =
      this.#deps;
    const { authenticatedAtMs } = subject;
    const signedIn = (account: Account, first: boolean): Finished => {
      // Noted once that is done.
      if (account.hasSecondFactor) return { kind: 'secondStep', account, authenticatedAtMs };
      const ids = { provider: provider.config.id, userId: account.id, requestId: origin.requestId };
      logger.info({ ...ids, first }, 'signed in through a provider');
      audit.note({
        event: first ? 'signed_up' : 'signed_in',
        user: account.id,
        address: origin.address,
        provider: ids.provider,
      });
      return { kind: 'signedIn', account, authenticatedAtMs };
    };
    const known = await linkedAccounts.find(subject);
    if (known?.blocked) return fail('blocked', 'the account is blocked', known.id);
    if (known) return signedIn(known, false);
    const read = await subject.profile().catch((error: unknown) => problemAtProvider(error));
    if ('problem' in read) return fail(read.problem, read.reason);
    const { verifiedEmail: email, firstName, lastName } = read;
    if (email === null) return fail('noEmail', 'no verified address');
    const { config } = provider;
    const person = {
      issuer: subject.issuer,
      subject: subject.subject,
      provider: config.id,
      email,
      atMs: clock.nowMs(),
    };
    const create = () =>
      linkedAccounts.create(
        person,
        { email, emailVerified: true, firstName, lastName, identityEmailDomain },
        clock.nowMs(),
      );
    let created = await create();
    if (created.kind === 'emailTaken' && (await emailMoves.free(email))) created = await create();
    switch (created.kind) {
      case 'created': {
        const finished = signedIn(created.account, true);
        await accountStore.replicated(created.account.id, { email, subject: person });
        return finished;
      }
      case 'emailTaken': {
        const taken = await linkedAccounts.takeOver(person, { email, firstName, lastName });
        if (taken === null) return fail('emailTaken', 'the address has an account');
        const { id: user } = taken;
        audit.note({
          event: 'account_taken_over',
          user,
          address: origin.address,
          provider: config.id,
        });
        const finished = signedIn(taken, false);
        await accountStore.replicated(user, { email, subject: person });
        return finished;
      }
      case 'busy':
        return fail('busy', 'the account is being created');
    }
  }

  /** Whether this is the first callback of the attempt, at any api. */
  async #spend({ state }: ProviderAttempt): Promise<boolean> {
    return (await this.#deps.redis.set(spentSignInKey(state), 1, 'EX', attemptTtlSeconds, 'NX')) !== null;
  }

  #noteFailure(
    provider: OidcProvider,
    origin: RequestOrigin,
    failure: SignInFailure,
    reason: string,
    user?: number,
  ): void {
    const ids = { provider: provider.config.id, requestId: origin.requestId };
    this.#deps.logger.warn({ ...ids, failure, reason }, 'no sign-in through a provider');
    const { address } = origin;
    const whose = user === undefined ? {} : { user };
    this.#deps.audit.note({
      event: 'sign_in_failed',
      reason: failure,
      address,
      provider: ids.provider,
      ...whose,
    });
  }
}
