import { type BatchedScript, type RedisClient, loadBatchedScript, runBatched } from '@ravi/redis';
import { newestFormat, writtenFormat } from '@ravi/runtime';
import type { LoginId } from './codes/login-id.ts';
import { leaseMs, settleGraceMs } from './durations.ts';
import { loginKey } from './keyspace.ts';
import type {
  Abortion,
  ApprovalDecision,
  ApprovedLogin,
  Decision,
  LoginSummary,
  Progress,
  Redemption,
  Settlement,
  UnissuedApproval,
  Withdrawal,
} from './outcomes.ts';
import {
  approvedLoginFields,
  decodeAbort,
  decodeApproval,
  decodeApprovedLogin,
  decodeCompletion,
  decodeDecision,
  decodeProgress,
  decodeRedemption,
  decodeSettlement,
  decodeStart,
  decodeSummary,
  decodeWaiter,
  decodeWithdrawal,
  summaryFields,
} from './script-replies.ts';

const script = (name: string) => loadBatchedScript(new URL(`./lua/${name}.lua`, import.meta.url));
const scripts = {
  start: script('start'),
  redeem: script('redeem'),
  approve: script('approve'),
  deny: script('deny'),
  settle: script('settle'),
  abort: script('abort'),
  withdraw: script('withdraw'),
  complete: script('complete'),
  release: script('release'),
  watch: script('watch-page'),
};

/** A new login, as it is stored. */
export interface NewLogin {
  readonly loginId: LoginId;
  readonly deviceCodeHash: string;
  readonly wrappedKey: string;
  readonly expiresAtMs: number;
  readonly intervalSeconds: number;
  readonly clientName: string;
  readonly address: string;
  readonly userAgent: string;
  /** The country of the address, where a trusted proxy says it. */
  readonly country?: string | undefined;
  /** The OAuth 2.0 client; absent in the JSON API. */
  readonly client?: {
    readonly id: string;
    readonly scope: string;
    /** The service that its tokens shall be for; empty for our own API. (RFC 8707) */
    readonly resource: string;
  };
}

/**
 * How a device_code is redeemed: by a `poll` that does not wait, by a request that `instance` will hold while the
 * login is pending (`wait`), or by such a held request that checks again (`check`).
 */
export type RedeemMode =
  | { readonly kind: 'poll' }
  | { readonly kind: 'wait' | 'check'; readonly instance: string };

/** The scope and lifetime of an approved login's tokens and keys. */
export interface KeyTerms {
  /** `account`: they open the whole account. `identity`: the chosen identity alone. */
  readonly scope: 'account' | 'identity';
  /** Seconds until they expire; null: no limit by the human. */
  readonly ttlSeconds: number | null;
}

/** The terms of an approval in which the human sets no limits. */
export const unlimitedKeys: KeyTerms = { scope: 'account', ttlSeconds: null };

/** The OAuth 2.0 client that presents a device_code; `keyThumbprint` is empty if it proved no key. (RFC 9449) */
export interface PresentingClient {
  readonly id: string;
  readonly keyThumbprint: string;
  /** The service that it names again; absent where it names none. It must be that of the login. (RFC 8707 §2.2) */
  readonly resource?: string | undefined;
}

/** Which login is redeemed, by which client and how. `lease` is unique to the request that will be answered. */
export interface RedeemRequest {
  readonly loginId: LoginId;
  readonly deviceCodeHash: string;
  readonly mode: RedeemMode;
  readonly lease: string;
  /** When the api got the request, by its own clock: a poll that Redis runs late is not held against the next. */
  readonly askedAtMs: number;
  /** Absent in the JSON API. Codes of one API are not valid in the other. */
  readonly client?: PresentingClient | undefined;
}

/**
 * Logins in Redis. Each transition is one script and happens at most once; the loser of a race learns the true state.
 * Every method is one round trip and rejects with ioredis's error if Redis is away.
 */
export class LoginStore {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Creates a pending login. False when the id is taken: draw another user_code. */
  async start(login: NewLogin): Promise<boolean> {
    return decodeStart(
      await runBatched(
        this.#redis,
        scripts.start,
        this.#key(login.loginId),
        login.deviceCodeHash,
        login.wrappedKey,
        login.expiresAtMs,
        settleGraceMs,
        login.intervalSeconds * 1000,
        login.clientName,
        login.address,
        login.userAgent,
        'v',
        writtenFormat,
        ...(login.country ? ['country', login.country] : []),
        ...(login.client ? clientFields(login.client) : []),
      ),
    );
  }

  /** Redeems an issued login to one request at a time; all others learn the state. (RFC 8628 §3.5) */
  async redeem(request: RedeemRequest): Promise<Redemption> {
    const { loginId, deviceCodeHash, mode, lease, client } = request;
    return decodeRedemption(
      await runBatched(
        this.#redis,
        scripts.redeem,
        this.#key(loginId),
        deviceCodeHash,
        mode.kind,
        mode.kind === 'poll' ? '' : mode.instance,
        lease,
        leaseMs,
        client?.id ?? '',
        client?.keyThumbprint ?? '',
        client?.resource ?? '',
        request.askedAtMs,
      ),
    );
  }

  /**
   * Approves a pending login for an account and, optionally, one of its identities. The approval belongs to the epoch in which the
   * account was when the human was recognised. Rejects with `NewerFormat`.
   */
  async approve(
    loginId: LoginId,
    userId: number,
    identityUuid: string,
    { scope, ttlSeconds }: KeyTerms = unlimitedKeys,
    language = '',
    accountEpoch = '',
  ): Promise<ApprovalDecision> {
    const reply = await this.#run(
      scripts.approve,
      loginId,
      userId,
      identityUuid,
      scope,
      ttlSeconds ?? '',
      language,
      accountEpoch,
      newestFormat,
    );
    return decodeApproval(reply);
  }

  /** Denies a pending login. Rejects with `NewerFormat`. */
  async deny(loginId: LoginId, userId: number, reason: 'wrong_number' | '' = ''): Promise<Decision> {
    return decodeDecision(await this.#run(scripts.deny, loginId, userId, reason, newestFormat));
  }

  /**
   * Stores the sealed result of an approved login, once. With a channel, in which `%s` stands for the instance, the script wakes the
   * waiting instance; without one the settlement names it.
   */
  async settle(loginId: LoginId, sealed: string, channel = ''): Promise<Settlement> {
    return decodeSettlement(await this.#run(scripts.settle, loginId, sealed, loginId, channel));
  }

  /** Ends an approved login that can never be issued. */
  async abort(loginId: LoginId): Promise<Abortion> {
    return decodeAbort(await this.#run(scripts.abort, loginId));
  }

  /** Ends an approval of this epoch that is not issued yet. */
  async withdraw(loginId: LoginId, accountEpoch: string): Promise<Withdrawal> {
    return decodeWithdrawal(await this.#run(scripts.withdraw, loginId, accountEpoch));
  }

  /** What an approval that is not issued yet depends on; null for a login in any other state. */
  async readApproval(loginId: LoginId): Promise<UnissuedApproval | null> {
    const [state, userId, accountEpoch, identityUuid] = await this.#redis.hmget(
      this.#key(loginId),
      'state',
      'user_id',
      'account_epoch',
      'identity_uuid',
    );
    if (state !== 'approved') return null;
    return { userId: Number(userId), accountEpoch: accountEpoch ?? '', identityUuid: identityUuid ?? '' };
  }

  /** The leased answer was written: the login is over. Returns the api instances to wake, for waiters and pages. */
  async complete(loginId: LoginId, lease: string): Promise<readonly string[]> {
    return decodeCompletion(await this.#run(scripts.complete, loginId, lease));
  }

  /** The leased answer could not be written: the next request gets it. Returns the api instance to wake. */
  async release(loginId: LoginId, lease: string): Promise<string | null> {
    return decodeWaiter(await this.#run(scripts.release, loginId, lease));
  }

  /** The progress of a login that this human approved. Notes `instance`, unless it is empty, as one to wake at the end. */
  async watch(loginId: LoginId, userId: number, instance: string): Promise<Progress> {
    return decodeProgress(await this.#run(scripts.watch, loginId, userId, instance));
  }

  /** The facts that the human sees before and after deciding; null when there is no such login. Rejects with `NewerFormat`. */
  async describe(loginId: LoginId, nowMs: number): Promise<LoginSummary | null> {
    return decodeSummary(await this.#redis.hmget(this.#key(loginId), ...summaryFields), nowMs);
  }

  /** Reads a login for the issuer; null when there is no such login. Rejects with `NewerFormat`. */
  async readForIssuance(loginId: LoginId): Promise<ApprovedLogin | null> {
    return decodeApprovedLogin(await this.#redis.hmget(this.#key(loginId), ...approvedLoginFields));
  }

  /**
   * Whether each of these logins is still pending and waited for by this instance, in the order given: the cheap check of the sweep,
   * in one pipeline.
   */
  async stillWaiting(loginIds: readonly LoginId[], instance: string): Promise<readonly boolean[]> {
    const checks = await Promise.all(
      loginIds.map((loginId) => this.#redis.hmget(this.#key(loginId), 'state', 'waiter')),
    );
    return checks.map(([state, waiter]) => state === 'pending' && waiter === instance);
  }

  #run(which: BatchedScript, loginId: LoginId, ...args: (string | number)[]): Promise<unknown> {
    return runBatched(this.#redis, which, this.#key(loginId), ...args);
  }

  #key(loginId: LoginId): string {
    return loginKey(loginId, this.#prefix);
  }
}

/** What a login of an OAuth 2.0 client has besides. */
function clientFields({ id, scope, resource }: NonNullable<NewLogin['client']>): readonly string[] {
  const service = resource === '' ? [] : ['resource', resource];
  return ['protocol', 'oauth', 'client_id', id, 'scope', scope, ...service];
}
