import {
  loadScript,
  type RecordWrites,
  type RedisClient,
  replyWords,
  runScript,
  unconfirmedWrites,
  UnexpectedReply,
} from '@ravi/redis';
import { requireKnownFormat, writtenFormat } from '@ravi/runtime';
import { type Factors, noFactors, takeSecondStep } from './factors.ts';
import { accountKey } from './keyspace.ts';

const changeFactors = loadScript(new URL('./lua/change-factors.lua', import.meta.url));

/** Attempts of a change that others overtake. */
const maxAttempts = 10;

/**
 * What a change makes of the factors that there are: others, or the reason why it leaves them. `endsSessions`: the sessions of the account
 * end with it.
 */
export type FactorDecision<Refusal> =
  | { readonly kind: 'change'; readonly factors: Factors; readonly endsSessions?: boolean }
  | { readonly kind: 'refuse'; readonly reason: Refusal };

export type FactorChange<Refusal> =
  | {
      readonly kind: 'changed';
      readonly before: Factors;
      readonly after: Factors;
      /** The epoch of sessions that began with it; empty where they go on. */
      readonly sessionsEpoch: string;
    }
  | { readonly kind: 'refused'; readonly reason: Refusal }
  | { readonly kind: 'unknown' };

/** Second factors, passkeys and recovery codes of accounts: one field of the account's record, so that they end with it. */
export class FactorStore {
  readonly #redis: RedisClient;
  readonly #prefix: string;
  readonly #writes: RecordWrites;

  constructor(redis: RedisClient, prefix = '', writes: RecordWrites = unconfirmedWrites(redis)) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#writes = writes;
  }

  /** The factors of an account; none where there is no such account. Throws `NewerFormat`. */
  async read(userId: number): Promise<Factors> {
    return parse(await this.#redis.hget(accountKey(userId, this.#prefix), 'factors'));
  }

  /**
   * Changes the factors of an account to what `decide` makes of them. If they were changed meanwhile, it decides again: so of two
   * uses of one code, the second sees the first. With the last factor the recovery codes go, too. A caller that names the epoch of
   * the sessions that allow the change changes nothing in another epoch: the account is unknown to it. Throws `NewerFormat`.
   */
  async change<Refusal>(
    userId: number,
    decide: (factors: Factors) => FactorDecision<Refusal>,
    sessionsEpoch = '',
  ): Promise<FactorChange<Refusal>> {
    const key = accountKey(userId, this.#prefix);
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const text = await this.#writes.redis.hget(key, 'factors');
      const before = parse(text);
      const decision = decide(before);
      if (decision.kind === 'refuse') return { kind: 'refused', reason: decision.reason };
      const after = takeSecondStep(decision.factors) ? decision.factors : noFactors;
      const [next, flag] =
        after === noFactors ? ['', ''] : [JSON.stringify({ v: writtenFormat, ...after }), '1'];
      const args = [text ?? '', next, flag, sessionsEpoch, decision.endsSessions ? '1' : ''] as const;
      const reply = await runScript(this.#writes.redis, changeFactors, key, ...args);
      const [word, began = ''] = replyWords(reply);
      switch (word) {
        case 'changed':
          return { kind: 'changed', before, after, sessionsEpoch: began };
        case 'unknown':
          return { kind: 'unknown' };
        case 'changed_meanwhile':
          continue;
        default:
          throw new UnexpectedReply(word);
      }
    }
    throw new Error('The factors of an account were changed again and again meanwhile.');
  }

  /** Resolves once enough replicas have the factors (`RECORDS_REPLICAS`). Rejects with `NotReplicated`. */
  async replicated(userId: number): Promise<void> {
    await this.#writes.replicated(accountKey(userId, this.#prefix));
  }
}

function parse(text: string | null): Factors {
  if (text === null) return noFactors;
  const { v, ...factors } = JSON.parse(text) as Factors & { readonly v: number };
  requireKnownFormat('The factors of an account', v);
  return factors;
}
