import type { RedisClient } from '@ravi/redis';
import { newestFormat, writtenFormat } from '@ravi/runtime';
import type { LoginId } from './codes/login-id.ts';
import { accountDecisionsKey } from './keyspace.ts';
import type { LoginSummary, MadeDecision } from './outcomes.ts';

/** Decisions of one account that are remembered, and for how long after the last one: a few lines, a day. */
const maxRemembered = 20;
const rememberedMs = 24 * 3600 * 1000;

/** A decision that its human may look at again when the login is gone. */
export interface PastDecision extends Pick<LoginSummary, 'clientName' | 'clientId'> {
  readonly loginId: LoginId;
  readonly denied: boolean;
  readonly decision: MadeDecision;
}

type StoredDecision = PastDecision & { readonly v: number };

/** The last decisions of each account: for the human who made them, and nobody else. */
export class PastDecisions {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Remembers a decision for a day; the oldest of more than 20 is forgotten. */
  async note(past: PastDecision): Promise<void> {
    const key = accountDecisionsKey(past.decision.userId, this.#prefix);
    const stored: StoredDecision = { ...past, v: writtenFormat };
    await this.#redis
      .multi()
      .lpush(key, JSON.stringify(stored))
      .ltrim(key, 0, maxRemembered - 1)
      .pexpire(key, rememberedMs)
      .exec();
  }

  /** The last decision of this human about one of these logins; null if none is remembered. */
  async find(userId: number, loginIds: readonly LoginId[]): Promise<PastDecision | null> {
    const all = await this.all(userId);
    return all.find(({ loginId }) => loginIds.includes(loginId)) ?? null;
  }

  /** All decisions of this human that are remembered, the newest first. */
  async all(userId: number): Promise<readonly PastDecision[]> {
    const texts = await this.#redis.lrange(accountDecisionsKey(userId, this.#prefix), 0, -1);
    return texts.map((text) => JSON.parse(text) as StoredDecision).filter(({ v }) => v <= newestFormat);
  }
}
