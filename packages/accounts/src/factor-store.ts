import { type RecordWrites, type RedisClient, unconfirmedWrites } from '@ravi/redis';
import { requireKnownFormat, writtenFormat } from '@ravi/runtime';
import { changeField, type FieldDecision } from './change-field.ts';
import { type Factors, noFactors, takeSecondStep } from './factors.ts';
import { accountKey } from './keyspace.ts';

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

type FactorOutcome<Refusal> =
  | { readonly kind: 'changed'; readonly before: Factors; readonly after: Factors }
  | { readonly kind: 'refused'; readonly reason: Refusal };

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
    return factorsFromText(await this.#redis.hget(accountKey(userId, this.#prefix), 'factors'));
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
    const { redis } = this.#writes;
    const place = { redis, key: accountKey(userId, this.#prefix), field: 'factors', sessionsEpoch } as const;
    const change = await changeField(place, (text): FieldDecision<FactorOutcome<Refusal>> => {
      const before = factorsFromText(text);
      const decision = decide(before);
      if (decision.kind === 'refuse') {
        return { kind: 'leave', outcome: { kind: 'refused', reason: decision.reason } };
      }
      const { endsSessions = false } = decision;
      const after = takeSecondStep(decision.factors) ? decision.factors : noFactors;
      const factors = factorsToText(after);
      const fields = { factors, second_factor: factors === '' ? '' : '1' };
      return { kind: 'write', fields, endsSessions, outcome: { kind: 'changed', before, after } };
    });
    if (change === null) return { kind: 'unknown' };
    const { outcome, sessionsEpoch: began } = change;
    return outcome.kind === 'refused' ? outcome : { ...outcome, sessionsEpoch: began };
  }

  /** Resolves once enough replicas have the factors (`RECORDS_REPLICAS`). Rejects with `NotReplicated`. */
  async replicated(userId: number): Promise<void> {
    await this.#writes.replicated(accountKey(userId, this.#prefix));
  }
}

/** The field of an account with its factors; empty for none. */
export function factorsToText(factors: Factors): string {
  return takeSecondStep(factors) ? JSON.stringify({ v: writtenFormat, ...factors }) : '';
}

/** Reads the field of an account with its factors; none where it is missing or empty. Throws `NewerFormat`. */
export function factorsFromText(text: string | null): Factors {
  if (text === null || text === '') return noFactors;
  const { v, ...factors } = JSON.parse(text) as Factors & { readonly v: number };
  requireKnownFormat('The factors of an account', v);
  return factors;
}
