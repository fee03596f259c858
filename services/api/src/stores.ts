import {
  AccountStore,
  DomainStore,
  IdentityStore,
  type SessionLifetimes,
  SessionStore,
} from '@ravi/accounts';
import {
  ApiKeyStore,
  DpopProofs,
  GrantStore,
  type Lifetimes,
  MintStore,
  PublishedKeys,
  TokenVerifier,
} from '@ravi/credentials';
import { LoginStore } from '@ravi/device-login';
import type { RedisClient } from '@ravi/redis';

interface StoreSettings {
  readonly publicUrl: string;
  readonly lifetimes: Lifetimes;
  readonly sessionLifetimes: SessionLifetimes;
}

/** What the api reads and writes in Redis, by the names that all features use. */
export function openStores(redis: RedisClient, { publicUrl, lifetimes, sessionLifetimes }: StoreSettings) {
  const idle = { idleMs: lifetimes.programIdleMs };
  const publishedKeys = new PublishedKeys(redis, '', lifetimes);
  return {
    publishedKeys,
    logins: new LoginStore(redis),
    accountStore: new AccountStore(redis),
    sessionStore: new SessionStore(redis, sessionLifetimes),
    identities: new IdentityStore(redis),
    domains: new DomainStore(redis),
    grants: new GrantStore(redis, idle),
    apiKeys: new ApiKeyStore(redis, idle),
    mints: new MintStore(redis),
    proofs: new DpopProofs(redis),
    tokenVerifier: new TokenVerifier({ issuer: publicUrl, keys: (nowMs) => publishedKeys.list(nowMs) }),
  };
}
