import { randomUUID } from 'node:crypto';
import type { RedisClient } from '@ravi/redis';

/** A domain under which identities may have addresses. `createdAt` is ISO 8601. */
export interface Domain {
  readonly uuid: string;
  readonly domain: string;
  readonly createdAt: string;
}

/** What is known of the allowed domains in Redis. Which ones are allowed, the configuration says. */
export class DomainStore {
  readonly #redis: RedisClient;
  readonly #key: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#key = `${prefix}ravi:domains`;
  }

  /** The allowed domains in the given order; one that is seen for the first time gets its uuid and date now. */
  async list(domains: readonly string[], nowMs: number): Promise<readonly Domain[]> {
    return Promise.all(domains.map((domain) => this.#know(domain, nowMs)));
  }

  async #know(domain: string, nowMs: number): Promise<Domain> {
    const known = await this.#redis.hget(this.#key, domain);
    if (known !== null) return JSON.parse(known) as Domain;
    const fresh = { uuid: randomUUID(), domain, createdAt: new Date(nowMs).toISOString() };
    const isFirst = (await this.#redis.hsetnx(this.#key, domain, JSON.stringify(fresh))) === 1;
    // Another api was first: what it wrote stands.
    return isFirst ? fresh : this.#know(domain, nowMs);
  }
}
