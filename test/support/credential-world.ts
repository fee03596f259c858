import { randomUUID } from 'node:crypto';
import { AccountStore } from '@ravi/accounts';
import {
  ApiKeyStore,
  type ApiKeyKind,
  apiKeyId,
  generateApiKey,
  type Grant,
  GrantStore,
  hashApiKey,
  hashMintSecret,
  type IssuedLogin,
  keyOfGrant,
  MintStore,
  mintKey,
  refreshMintId,
  type TokenClaims,
  TokenVerifier,
} from '@ravi/credentials';
import type { RedisClient } from '@ravi/redis';
import { Credentials } from '../../services/api/src/access/credentials.ts';
import { Revocation } from '../../services/api/src/access/revocation.ts';

const clock = { nowMs: () => Date.now() };

/** A refresh token, as its record names it. */
export interface RefreshToken {
  readonly jti: string;
  readonly seq: number;
}

interface StoredRecord {
  readonly key: string;
  readonly ttlMs: number;
  readonly value: Buffer;
}

/** The person who ends something, in tests. */
export const by = (userId: number) => ({ userId, address: '192.0.2.1' });

/** The stores of one deployment, and its apis: each remembers on its own what keys belong to. */
export class World {
  readonly prefix = `test:${randomUUID()}:`;
  readonly accounts: AccountStore;
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
  readonly #mints: MintStore;
  readonly revocation: Revocation;
  readonly events: string[] = [];
  apis: Credentials[];

  readonly #redis: RedisClient;
  #latestMs = 0;

  constructor(redis: RedisClient, maxLogins = 1000) {
    const { prefix } = this;
    this.#redis = redis;
    this.accounts = new AccountStore(redis, prefix);
    this.grants = new GrantStore(redis, { prefix, maxLogins });
    this.apiKeys = new ApiKeyStore(redis, { prefix });
    this.#mints = new MintStore(redis, prefix);
    const { accounts: accountStore, grants, apiKeys } = this;
    const audit = { note: ({ event }: { event: string }) => void this.events.push(event) };
    this.revocation = new Revocation({ accountStore, grants, apiKeys, audit, clock });
    this.apis = [this.api(), this.api()];
  }

  /** An api that was just started: it remembers nothing. */
  api(): Credentials {
    const { accounts: accountStore, grants, apiKeys } = this;
    const tokenVerifier = new TokenVerifier({
      issuer: 'test',
      publishedKeys: { list: () => Promise.resolve([]) },
    });
    return new Credentials({
      tokenVerifier,
      accountStore,
      grants,
      apiKeys,
      recordsReplicas: 0,
      clock,
      onFirstUse: () => undefined,
    });
  }

  async person() {
    const name = randomUUID();
    const input = {
      email: `${name}@example.com`,
      firstName: 'A',
      lastName: 'B',
      identityEmailDomain: 'a.test',
    };
    const account = await this.accounts.create({ ...input, passwordHash: 'hash' }, Date.now());
    if (!account) throw new Error('The address was taken.');
    const identity = (await this.accounts.read(account.id))?.identities[0]?.uuid ?? '';
    return { id: account.id, identity };
  }

  /** A time that no other login has: lists by time have one order. */
  #newMs(): number {
    this.#latestMs = Math.max(Date.now(), this.#latestMs + 1);
    return this.#latestMs;
  }

  /** What an issuer makes for a login that was approved in this epoch. */
  issued(
    userId: number,
    epoch: string,
    identityUuid: string,
    scope: 'account' | 'identity',
  ): Pick<IssuedLogin, 'grant' | 'keys'> {
    const about = { id: randomUUID(), userId, identityUuid, clientName: 'test', createdAtMs: this.#newMs() };
    const kinds: readonly ApiKeyKind[] = scope === 'account' ? ['management', 'identity'] : ['identity'];
    const keys = kinds.map((kind) =>
      keyOfGrant(about, { hash: hashApiKey(generateApiKey(kind)), kind, prefix: 'ravi_', expiresAtMs: null }),
    );
    const grant: Grant = {
      ...about,
      accountEpoch: epoch,
      clientId: 'ravi-device',
      address: '',
      userAgent: '',
      scope,
      requestedScope: '',
      resource: '',
      keyThumbprint: '',
      refreshJti: randomUUID(),
      refreshExpiresAtMs: Date.now() + 3_600_000,
      keyIds: keys.map(({ record }) => record.id),
      expiresAtMs: null,
    };
    return { grant, keys };
  }

  /** A login that was approved in this epoch is redeemed. */
  async redeem(userId: number, epoch: string, identityUuid: string, scope: 'account' | 'identity') {
    const { grant, keys } = this.issued(userId, epoch, identityUuid, scope);
    const place = this.accounts.epochPlace(userId, epoch, identityUuid);
    const { stands, surplus } = await this.grants.add(grant, keys, place, grant.createdAtMs);
    return { grant, keys, stands, surplus };
  }

  /** What the api does with a freshly minted key. */
  async makeKey(
    grant: Grant,
    ancestorIds: readonly string[],
    kind: ApiKeyKind,
    text: string = generateApiKey(kind),
  ) {
    const hash = hashApiKey(text);
    const record = {
      id: apiKeyId(hash),
      kind,
      userId: grant.userId,
      identityUuid: kind === 'identity' ? grant.identityUuid : '',
      label: '',
      prefix: 'ravi_',
      createdAtMs: Date.now(),
      expiresAtMs: null,
      grantId: grant.id,
      ancestorIds,
    };
    const place = this.accounts.epochPlace(grant.userId, grant.accountEpoch, record.identityUuid);
    await this.apiKeys.add({ hash, record }, place, Date.now());
    return { hash, record };
  }

  /** What api and issuer do for a presented refresh token: the next one, or null for a refusal. */
  async refresh(grant: Grant, { jti, seq }: RefreshToken): Promise<RefreshToken | null> {
    const mintId = refreshMintId(grant.id, hashMintSecret(Buffer.from(jti)));
    const mint = { mintId, wrappedKey: 'key', secretHash: 'hash', instance: randomUUID() };
    const begun = await this.#mints.beginRefresh(mint, { kind: 'refresh', jti, seq, keyThumbprint: '' });
    if (begun.kind === 'reused') await this.revocation.grantEndedByReuse(grant.id);
    if (begun.kind !== 'pending') return null;
    const next = { jti: randomUUID(), seq: seq + 1 };
    const settled = await this.#mints.settleRefresh(mintId, {
      jti,
      nextJti: next.jti,
      nextSeq: next.seq,
      sealed: next.jti,
      refreshExpiresAtMs: Date.now() + 3_600_000,
      grantTtlMs: 3_600_000,
      graceMs: 30_000,
    });
    // The time passes in which a retry gets the same pair.
    await this.#redis.del(mintKey(mintId, this.prefix));
    return settled.kind === 'settled' ? next : null;
  }

  /** What a backup holds. */
  async copy(): Promise<readonly StoredRecord[]> {
    const keys = await this.#redis.keys(`${this.prefix}*`);
    return Promise.all(
      keys.map(async (key) => ({
        key,
        ttlMs: Math.max(0, await this.#redis.pttl(key)),
        value: (await this.#redis.dumpBuffer(key)) ?? Buffer.alloc(0),
      })),
    );
  }

  /** Redis is as it was when the copy was made; the apis go on running. */
  async restore(copy: readonly StoredRecord[]): Promise<void> {
    await this.revocation.close();
    const keys = await this.#redis.keys(`${this.prefix}*`);
    if (keys.length > 0) await this.#redis.unlink(...keys);
    await Promise.all(copy.map(({ key, ttlMs, value }) => this.#redis.restore(key, ttlMs, value)));
  }

  async keysInRedis(): Promise<readonly string[]> {
    return (await this.#redis.keys(`${this.prefix}*`)).map((key) => key.slice(this.prefix.length));
  }
}

/** What a token of a grant says. */
export const claimsOf = (grant: Grant): Pick<TokenClaims, 'grant_id' | 'sub' | 'identity_uuid'> => ({
  grant_id: grant.id,
  sub: String(grant.userId),
  ...(grant.scope === 'identity' ? { identity_uuid: grant.identityUuid } : {}),
});
