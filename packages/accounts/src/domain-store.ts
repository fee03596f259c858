import { randomUUID } from 'node:crypto';
import type { RedisClient } from '@ravi/redis';
import { domainsKey } from './keyspace.ts';

/** A domain under which identities may have addresses. `createdAt` is ISO 8601. */
export interface Domain {
  readonly uuid: string;
  readonly domain: string;
  readonly createdAt: string;
}

/** The uuid and date of each allowed domain, in Redis. The configuration says which domains are allowed. */
export class DomainStore {
  readonly #redis: RedisClient;
  readonly #key: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#key = domainsKey(prefix);
  }

  /** The allowed domains in the given order; one that is seen for the first time gets its uuid and date now. */
  async list(domains: readonly string[], nowMs: number): Promise<readonly Domain[]> {
    return Promise.all(domains.map((domain) => this.#findOrAdd(domain, nowMs)));
  }

  async #findOrAdd(domain: string, nowMs: number): Promise<Domain> {
    const known = await this.#redis.hget(this.#key, domain);
    if (known !== null) return JSON.parse(known) as Domain;
    const fresh = { uuid: randomUUID(), domain, createdAt: new Date(nowMs).toISOString() };
    const isFirst = (await this.#redis.hsetnx(this.#key, domain, JSON.stringify(fresh))) === 1;
    // Another api was first: what it wrote stands.
    return isFirst ? fresh : this.#findOrAdd(domain, nowMs);
  }
}
