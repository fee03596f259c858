import { setImmediate as endOfTick } from 'node:timers/promises';
import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './client.ts';
import { clusterSlot } from './cluster-slot.ts';
import { markKey } from './keyspace.ts';
import { loadScript } from './script.ts';

const mark = loadScript(new URL('./lua/mark.lua', import.meta.url));

/** How long replicas have: less than a command may take, since the connection serves nothing else meanwhile. */
const limitMs = 500;

/** Too few replicas confirmed a write in time. It is there, and is lost if its server is lost now. */
export class NotReplicated extends Error {
  readonly code = 'not_replicated';

  constructor() {
    super('Too few replicas confirmed the change in time.');
    this.name = 'NotReplicated';
  }
}

/** Where records are written, and how it is learnt that replicas have them. */
export interface RecordWrites {
  /** The connection on which they are written. Only what is written here can be waited for. */
  readonly redis: RedisClient;
  /** Resolves once enough replicas have what was written under these keys. Rejects with `NotReplicated`. */
  replicated(...keys: readonly string[]): Promise<void>;
}

/** Records are written on a connection like all else, and nobody waits for replicas. */
export function unconfirmedWrites(redis: RedisClient): RecordWrites {
  return { redis, replicated: () => Promise.resolve() };
}

export interface ConfirmedWritesOptions {
  /** A connection of its own: while it waits for replicas, it serves nothing else. */
  readonly redis: RedisClient;
  /** How many replicas must have a write. */
  readonly replicas: number;
  /** Called for each caller that is told `NotReplicated`. */
  readonly onUnreplicated: () => void;
}

/**
 * Waits for replicas with `WAIT`, once for all writes of a tick. Never with `WAITAOF`: several servers answer it before anything is on
 * a disk. On a Cluster each server that has one of the keys is waited for.
 */
export class ConfirmedWrites implements RecordWrites {
  readonly redis: RedisClient;
  readonly #replicas: number;
  readonly #onUnreplicated: () => void;
  readonly #waits = new WeakMap<Redis, ReplicaWaits>();

  constructor({ redis, replicas, onUnreplicated }: ConfirmedWritesOptions) {
    this.redis = redis;
    this.#replicas = replicas;
    this.#onUnreplicated = onUnreplicated;
  }

  async replicated(...keys: readonly string[]): Promise<void> {
    try {
      const servers = new Map(keys.map((key) => [this.#serverOf(key), key]));
      await Promise.all([...servers].map(([server, key]) => this.#waitsAt(server).join(key)));
    } catch (error) {
      if (error instanceof NotReplicated) this.#onUnreplicated();
      throw error;
    }
  }

  /** The very connection on which this key is written. */
  #serverOf(key: string): Redis {
    const { redis } = this;
    if (!(redis instanceof Cluster)) return redis;
    const name = redis.slots[clusterSlot(key)]?.[0];
    const server = redis.nodes('master').find(({ options }) => `${options.host}:${options.port}` === name);
    // Its primary has just changed.
    if (server === undefined) throw new NotReplicated();
    return server;
  }

  #waitsAt(server: Redis): ReplicaWaits {
    const waits = this.#waits.get(server) ?? new ReplicaWaits(server, this.#replicas);
    this.#waits.set(server, waits);
    return waits;
  }
}

/** The waits on one connection: one after the other, each for all who came before it was sent. */
class ReplicaWaits {
  readonly #redis: Redis;
  readonly #replicas: number;
  /** Settles when the last one has ended, and never rejects. */
  #last: Promise<unknown> = Promise.resolve();
  /** The one that is not sent yet. */
  #next: Promise<void> | null = null;

  constructor(redis: Redis, replicas: number) {
    this.#redis = redis;
    this.#replicas = replicas;
  }

  join(key: string): Promise<void> {
    if (this.#next !== null) return this.#next;
    const wait = this.#waitAfter(this.#last, key);
    this.#next = wait;
    this.#last = wait.catch(() => undefined);
    return wait;
  }

  async #waitAfter(former: Promise<unknown>, key: string): Promise<void> {
    await former;
    await endOfTick();
    this.#next = null;
    // Both in one write, and the script with its source: behind an EVALSHA that the server does not know, the wait would be for
    // nothing.
    const [, confirmed] = await Promise.all([
      this.#redis.eval(mark.source, 1, markKey(key)),
      this.#redis.wait(this.#replicas, limitMs),
    ]);
    if (confirmed < this.#replicas) throw new NotReplicated();
  }
}
