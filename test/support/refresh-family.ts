import { randomUUID } from 'node:crypto';
import {
  type Grant,
  grantKey,
  GrantStore,
  hashMintSecret,
  MintStore,
  mintKey,
  refreshMintId,
} from '@ravi/credentials';
import type { RedisClient } from '@ravi/redis';

/** One grant in Redis, whose refresh tokens are named by their `jti`. */
export class RefreshFamily {
  readonly prefix = `test:${randomUUID()}:`;
  readonly #redis: RedisClient;
  readonly #mints: MintStore;
  readonly #grants: GrantStore;
  readonly id = randomUUID();
  readonly firstJti: string = randomUUID();
  readonly #seqs = new Map<string, number>([[this.firstJti, 1]]);

  private constructor(redis: RedisClient) {
    this.#redis = redis;
    this.#mints = new MintStore(redis, this.prefix);
    this.#grants = new GrantStore(redis, { prefix: this.prefix });
  }

  /** A login that was just redeemed. */
  static async create(redis: RedisClient): Promise<RefreshFamily> {
    const family = new RefreshFamily(redis);
    await family.#redeem();
    return family;
  }

  async #redeem(): Promise<void> {
    const grant: Grant = {
      id: this.id,
      userId: 1,
      accountEpoch: '1',
      clientId: 'test',
      clientName: 'test',
      address: '192.0.2.1',
      userAgent: 'jest',
      createdAtMs: Date.now(),
      identityUuid: '',
      scope: 'account',
      requestedScope: '',
      resource: '',
      keyThumbprint: '',
      refreshJti: this.firstJti,
      refreshExpiresAtMs: Date.now() + 3_600_000,
      keyIds: [],
      expiresAtMs: null,
    };
    const account = { key: `${this.prefix}account`, epochField: 'epoch', epoch: '1', requiredField: '' };
    await this.#redis.hset(account.key, account.epochField, account.epoch);
    await this.#grants.add(grant, [], account, Date.now());
  }

  /** What api and issuer do for a presented token: resolves to the next `jti`, or to null for a refusal. */
  async present(jti: string): Promise<string | null> {
    const begun = await this.begin(jti);
    if (begun.kind === 'settled') return begun.sealed;
    if (begun.kind !== 'pending') return null;
    return this.serve(jti);
  }

  /** An api instance asks for the pair that follows a token. */
  begin(jti: string, instance: string = randomUUID()) {
    const mint = { mintId: this.mintId(jti), wrappedKey: 'key', secretHash: 'hash', instance };
    const request = { kind: 'refresh', jti, seq: this.seqOf(jti), keyThumbprint: '' } as const;
    return this.#mints.beginRefresh(mint, request);
  }

  settle(jti: string, channel?: string, refreshExpiresAtMs = Date.now() + 3_600_000) {
    const nextJti = randomUUID();
    const pair = {
      jti,
      nextJti,
      nextSeq: this.seqOf(jti) + 1,
      sealed: nextJti,
      refreshExpiresAtMs,
      grantTtlMs: 3_600_000,
      graceMs: 30_000,
    };
    return this.#mints.settleRefresh(this.mintId(jti), pair, channel);
  }

  /** Lets the time pass in which the answer to this token is kept. */
  async pass(jti: string): Promise<void> {
    await this.#redis.del(mintKey(this.mintId(jti), this.prefix));
  }

  /** What a backup of the grant would hold. */
  async copy(): Promise<Record<string, string>> {
    return this.#redis.hgetall(grantKey(this.id, this.prefix));
  }

  /** Redis is as it was when the copy was made. */
  async restore(copy: Record<string, string>): Promise<void> {
    await this.#redis.del(grantKey(this.id, this.prefix));
    await this.#redis.hset(grantKey(this.id, this.prefix), copy);
  }

  /** All of the login ends. */
  async end(): Promise<void> {
    await this.#grants.end(this.id, 1, 'revoked');
  }

  /** The api that asked for the pair that follows this token takes that back; resolves to the pair where it came first. */
  async withdraw(jti: string): Promise<string | null> {
    return this.#mints.withdraw(this.mintId(jti));
  }

  /** The issuer serves the request for the pair that follows this token; resolves to the next `jti`, or to null where there is none. */
  async serve(jti: string): Promise<string | null> {
    await this.settle(jti);
    const state = await this.#mints.check(this.mintId(jti));
    if (state.kind !== 'settled') return null;
    this.#seqs.set(state.sealed, this.seqOf(jti) + 1);
    return state.sealed;
  }

  /** The request for the pair that follows this token would stay for a long time. */
  async keepRequest(jti: string): Promise<void> {
    await this.#redis.pexpire(mintKey(this.mintId(jti), this.prefix), 3_600_000);
  }

  /** What is in Redis of the request for the pair that follows this token, and for how long. */
  async requestFor(jti: string) {
    const key = mintKey(this.mintId(jti), this.prefix);
    const state = await this.#mints.check(this.mintId(jti));
    return { state, fields: await this.#redis.hkeys(key), ttlMs: await this.#redis.pttl(key) };
  }

  async state(): Promise<{ active: boolean; latest: string }> {
    const grant = await this.#grants.find(this.id);
    return { active: grant?.state === 'active', latest: grant?.refreshJti ?? '' };
  }

  /** When the login says that its refresh token expires. */
  async refreshExpiresAtMs(): Promise<number | undefined> {
    return (await this.#grants.find(this.id))?.refreshExpiresAtMs;
  }

  mintId(jti: string) {
    return refreshMintId(this.id, hashMintSecret(Buffer.from(jti)));
  }

  /** How many tokens were in its row before it, and itself. */
  seqOf(jti: string): number {
    return this.#seqs.get(jti) ?? 0;
  }
}
