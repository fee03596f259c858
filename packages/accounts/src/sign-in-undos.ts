import { randomUUID } from 'node:crypto';
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
import type { Account } from './account.ts';
import { changeField } from './change-field.ts';
import { accountKey, linkedSubjectKey } from './keyspace.ts';
import { factorsFromText, factorsToText } from './factor-store.ts';
import type { Factors } from './factors.ts';
import { hashOfToken, newToken, ownerOfLink } from './link-token.ts';
import { linksFromText, linksToText, type ProviderLink } from './provider-links.ts';
import { sentAgainMs } from './sent-again.ts';
import { type SignInChanges, signInChanges, type WaysIn } from './sign-in-changes.ts';

const putBack = loadScript(new URL('./lua/put-back.lua', import.meta.url));
const releaseSubject = loadScript(new URL('./lua/release-subject.lua', import.meta.url));

/** How long a change of how somebody signs in can be undone: as long as a person may be away from their mail. */
export const undoMs = 7 * 24 * 3_600_000;

/** How many states are kept of an account. The oldest stay: nobody pushes out what their owner wants back. */
export const maxUndos = 10;

/** Attempts of a putting back that others overtake. */
const maxAttempts = 10;

/** How an account signed in before a change. */
interface Undo {
  readonly id: string;
  readonly changedAtMs: number;
  /** SHA-256 of the link that was sent last; empty before. */
  readonly linkHash: string;
  /** The account's fields of these names; empty for none. */
  readonly factors: string;
  readonly providers: string;
}

/** A link that is good: whose it is, when the change was that it undoes, and all that it changes. */
export interface GoodUndo {
  readonly userId: number;
  readonly changedAtMs: number;
  readonly changes: SignInChanges;
}

/** A putting back that counted: of whose account, and the epoch of what that had granted, where it ended; else empty. */
export interface DoneUndo {
  readonly userId: number;
  readonly endedEpoch: string;
}

/** What became of a putting back; `sentAgain`: the same link did it a moment ago. */
type PutBack = ({ readonly kind: 'putBack' | 'sentAgain' } & DoneUndo) | { readonly kind: 'over' };

/**
 * How accounts signed in before their second factors or providers were changed, for a week each, so that a person can put back what
 * somebody else changed in a session of theirs. It is part of the account's record and ends with it. Redis holds the SHA-256 of a link.
 */
export class SignInUndos {
  readonly #writes: RecordWrites;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix = '', writes: RecordWrites = unconfirmedWrites(redis)) {
    this.#writes = writes;
    this.#prefix = prefix;
  }

  /**
   * Keeps how the account signs in now, before that is changed, and names it. Where so many states are kept already, it names the latest
   * one. Null where the account or its sessions have ended.
   */
  async note({ id: userId, sessionsEpoch }: Account, nowMs: number): Promise<string | null> {
    let named = '';
    const changed = await this.#change(userId, sessionsEpoch, (undos, { factors, providers }) => {
      const kept = undos.filter((undo) => isGood(undo, nowMs));
      const latest = kept.at(-1);
      const isSame = latest?.factors === factors && latest.providers === providers;
      if (latest !== undefined && (isSame || kept.length >= maxUndos)) {
        named = latest.id;
        return kept;
      }
      named = randomUUID();
      return [...kept, { id: named, changedAtMs: nowMs, linkHash: '', factors, providers }];
    });
    return changed ? named : null;
  }

  /** A link that puts this state back; a link to it that was sent before ends. Null where there is nothing to put back any more. */
  async makeLink(userId: number, id: string, nowMs: number): Promise<string | null> {
    const token = newToken(userId);
    const linkHash = hashOfToken(token);
    let isThere = false;
    await this.#change(userId, '', (undos) => {
      isThere = undos.some((undo) => undo.id === id && isGood(undo, nowMs));
      return undos.map((undo) => (isThere && undo.id === id ? { ...undo, linkHash } : undo));
    });
    return isThere ? token : null;
  }

  /** What a link is good for; null where it is none, is spent or over. */
  async find(token: string, nowMs: number): Promise<GoodUndo | null> {
    const found = await this.#read(token, nowMs);
    if (found === null) return null;
    const { userId, undo, factors, providers } = found;
    const changes = signInChanges(waysIn(undo), waysIn({ factors, providers }));
    return { userId, changedAtMs: undo.changedAtMs, changes };
  }

  /**
   * Spends the link and puts back second factors and providers as they were; all sessions and all other such links end, and with
   * `everything` what the account granted, in the same write. A second step is never taken away by it: an account that had none then keeps
   * those that it has. A provider that lets somebody into another account by now stays there. Sent twice within a minute it is one success.
   * It counts once replicas have it: see `replicated`.
   */
  async putBack(token: string, nowMs: number, ends: 'sessions' | 'everything'): Promise<PutBack> {
    const { redis } = this.#writes;
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const found = await this.#read(token, nowMs);
      if (found === null) {
        const done = await this.putBackBefore(token, nowMs);
        return done === null ? { kind: 'over' } : { kind: 'sentAgain', ...done };
      }
      const { userId, undo, text, providers } = found;
      const key = accountKey(userId, this.#prefix);
      const wanted = linksFromText(undo.providers);
      // Lasting from now on: a process that dies behind the write leaves nobody at a provider outside.
      const free = await Promise.all(wanted.map(({ id }) => this.#take(id, userId)));
      const restored = wanted.filter((_, at) => free[at]);
      const endsGrants = ends === 'everything' ? '1' : '';
      const args = [text, undo.factors, linksToText(restored), endsGrants, hashOfToken(token)];
      const [word, , endedEpoch = ''] = replyWords(await runScript(redis, putBack, key, ...args));
      switch (word) {
        case 'put_back':
          await this.#release(userId, linksFromText(providers), restored);
          return { kind: 'putBack', userId, endedEpoch };
        case 'changed_meanwhile':
          continue;
        case 'bad':
          return { kind: 'over' };
        default:
          throw new UnexpectedReply(word);
      }
    }
    throw new Error('What can be put back of an account was changed again and again meanwhile.');
  }

  /** What this link put back a moment ago; null for one that put nothing back, or longer ago. The write itself named the link. */
  async putBackBefore(token: string, nowMs: number): Promise<DoneUndo | null> {
    const userId = ownerOfLink(token);
    if (userId === null) return null;
    const text = await this.#writes.redis.hget(accountKey(userId, this.#prefix), 'put_back');
    const [linkHash, atMs, endedEpoch = ''] = (text ?? '').split(' ');
    if (linkHash !== hashOfToken(token) || nowMs - Number(atMs) >= sentAgainMs) return null;
    return { userId, endedEpoch };
  }

  /** Changes the factors that can be put back, as where their secrets are sealed anew. What `change` returns as it got it stays unwritten. */
  async changeFactors(userId: number, change: (factors: Factors) => Factors): Promise<void> {
    await this.#change(userId, '', (undos) => {
      const changed = undos.map((undo) => {
        const before = factorsFromText(undo.factors);
        const after = change(before);
        return after === before ? undo : { ...undo, factors: factorsToText(after) };
      });
      return changed.every((undo, at) => undo === undos[at]) ? undos : changed;
    });
  }

  /** Resolves once enough replicas have what was put back (`RECORDS_REPLICAS`). Rejects with `NotReplicated`. */
  async replicated(userId: number): Promise<void> {
    await this.#writes.replicated(accountKey(userId, this.#prefix));
  }

  /** Forgets all that could be put back, and the links to it. */
  async drop(userId: number): Promise<void> {
    await this.#writes.redis.hdel(accountKey(userId, this.#prefix), 'undos');
  }

  /**
   * Takes somebody at a provider for this account; false where another account has them. They count only once the account lists them, and
   * whoever wants them takes them till then.
   */
  async #take(id: string, userId: number): Promise<boolean> {
    const { redis } = this.#writes;
    const key = linkedSubjectKey(id, this.#prefix);
    if ((await redis.set(key, userId, 'NX')) !== null) return true;
    if ((await redis.get(key)) !== String(userId)) return false;
    await redis.persist(key);
    return true;
  }

  /** Gives up those at providers whom the account listed and does not list any more. */
  async #release(
    userId: number,
    listed: readonly ProviderLink[],
    kept: readonly ProviderLink[],
  ): Promise<void> {
    const gone = listed.filter(({ id }) => kept.every((link) => link.id !== id));
    await Promise.all(
      gone.map(({ id }) =>
        runScript(this.#writes.redis, releaseSubject, linkedSubjectKey(id, this.#prefix), userId),
      ),
    );
  }

  async #read(token: string, nowMs: number) {
    const userId = ownerOfLink(token);
    if (userId === null) return null;
    const key = accountKey(userId, this.#prefix);
    const [text, providers, factors] = await this.#writes.redis.hmget(key, 'undos', 'providers', 'factors');
    const linkHash = hashOfToken(token);
    const undo = parse(text).find((each) => each.linkHash === linkHash && isGood(each, nowMs));
    return undo && text ? { userId, undo, text, providers: providers ?? '', factors: factors ?? '' } : null;
  }

  /**
   * Changes what is kept of an account, unless `decide` gives back what it got; it is asked again where that was changed meanwhile. False
   * where the account is unknown.
   */
  async #change(
    userId: number,
    sessionsEpoch: string,
    decide: (undos: readonly Undo[], now: Pick<Undo, 'factors' | 'providers'>) => readonly Undo[],
  ): Promise<boolean> {
    const { redis } = this.#writes;
    const key = accountKey(userId, this.#prefix);
    const place = { redis, key, field: 'undos', sessionsEpoch, beside: ['factors', 'providers'] } as const;
    const change = await changeField(place, (text, factors, providers) => {
      const before = parse(text);
      const undos = decide(before, { factors: factors ?? '', providers: providers ?? '' });
      if (undos === before) return { kind: 'leave', outcome: true };
      return {
        kind: 'write',
        fields: { undos: JSON.stringify({ v: writtenFormat, undos }) },
        outcome: true,
      };
    });
    return change !== null;
  }
}

function waysIn({ factors, providers }: Pick<Undo, 'factors' | 'providers'>): WaysIn {
  return { factors: factorsFromText(factors), providers: linksFromText(providers) };
}

function isGood({ changedAtMs }: Undo, nowMs: number): boolean {
  return nowMs - changedAtMs < undoMs;
}

function parse(text: string | null | undefined): readonly Undo[] {
  if (!text) return [];
  const { v, undos } = JSON.parse(text) as { readonly v: number; readonly undos: readonly Undo[] };
  requireKnownFormat('What can be put back of an account', v);
  return undos;
}
