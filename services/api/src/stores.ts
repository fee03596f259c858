import {
  AccountLinks,
  AccountStore,
  DomainStore,
  EmailMoves,
  FactorStore,
  IdentityStore,
  LinkedAccounts,
  OpenDeletions,
  ResetLinks,
  type SessionLifetimes,
  SessionStore,
  SignInUndos,
  ToldOnce,
} from '@ravi/accounts';
import { AuditReader } from '@ravi/audit';
import {
  ApiKeyStore,
  DpopNonces,
  DpopProofsInRedis,
  GrantStore,
  type Lifetimes,
  MintStore,
  PublishedKeys,
  TokenVerifier,
} from '@ravi/credentials';
import { LoginStore, PastDecisions } from '@ravi/device-login';
import type { RecordWrites, RedisClient } from '@ravi/redis';
import type { ServiceKeyGenerations } from '@ravi/runtime';

interface StoreSettings {
  readonly publicUrl: string;
  readonly lifetimes: Lifetimes;
  readonly sessionLifetimes: SessionLifetimes;
  readonly keys: ServiceKeyGenerations;
}

/** What the api reads and writes in Redis, by the names that all features use. Records are written by `writes`, all else by `redis`. */
export function openStores(
  redis: RedisClient,
  writes: RecordWrites,
  { publicUrl, lifetimes, sessionLifetimes, keys }: StoreSettings,
) {
  const kept = { idleMs: lifetimes.programIdleMs, writes };
  const publishedKeys = new PublishedKeys(redis, '', lifetimes);
  const accountStore = new AccountStore(redis, '', writes);
  const accountLinks = new AccountLinks(redis, '', writes);
  return {
    auditReader: new AuditReader(redis),
    publishedKeys,
    logins: new LoginStore(redis),
    pastDecisions: new PastDecisions(redis),
    accountStore,
    deletions: new OpenDeletions(redis),
    resetLinks: new ResetLinks(redis, accountStore, '', writes),
    linkedAccounts: new LinkedAccounts(redis, accountStore, '', writes),
    accountLinks,
    emailMoves: new EmailMoves(redis, accountStore, accountLinks, '', writes),
    factorStore: new FactorStore(redis, '', writes),
    signInUndos: new SignInUndos(redis, '', writes),
    toldOnce: new ToldOnce(redis),
    sessionStore: new SessionStore(redis, sessionLifetimes, '', writes),
    identities: new IdentityStore(redis, '', writes),
    domains: new DomainStore(redis),
    grants: new GrantStore(redis, kept),
    apiKeys: new ApiKeyStore(redis, kept),
    mints: new MintStore(redis, '', writes),
    proofs: new DpopProofsInRedis(redis, new DpopNonces(keys)),
    tokenVerifier: new TokenVerifier({ issuer: publicUrl, publishedKeys }),
  };
}
