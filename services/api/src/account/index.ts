// Lives here: what an account holds: its identities, API keys, domains and connected programs; for programs and on its page.
// Lives elsewhere: signing in and sessions (../people), what tokens do (../tokens), the records (packages/accounts, packages/credentials).
import type {
  AccountStore,
  DomainStore,
  IdentityStore,
  OpenDeletions,
  ResetLinks,
  ToldOnce,
} from '@ravi/accounts';
import type { AuditLog, AuditReader } from '@ravi/audit';
import type { ApiKeyStore, GrantStore, Lifetimes } from '@ravi/credentials';
import type { PastDecisions } from '@ravi/device-login';
import type { RedisClient } from '@ravi/redis';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Access } from '../access/index.ts';
import type { Feature } from '../http/feature.ts';
import type { Limits } from '../limits/limits.ts';
import type { People } from '../people/index.ts';
import type { Tokens } from '../tokens/index.ts';
import { AccountDeletion } from './account-deletion.ts';
import { mountJsonApi } from './json-routes.ts';
import { mountPages } from './pages/index.ts';

export interface AccountDeps {
  readonly access: Access;
  readonly people: People;
  readonly tokens: Tokens;
  readonly redis: RedisClient;
  readonly accountStore: AccountStore;
  readonly resetLinks: ResetLinks;
  readonly deletions: OpenDeletions;
  readonly toldOnce: ToldOnce;
  readonly limits: Limits;
  readonly identities: IdentityStore;
  readonly domains: DomainStore;
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
  readonly lifetimes: Lifetimes;
  /** The allowed domains, the one for generated addresses first. */
  readonly identityEmailDomains: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditLog;
  readonly auditReader: AuditReader;
  readonly pastDecisions: PastDecisions;
}

/** Puts the feature together; opens nothing. */
export function createAccount(deps: AccountDeps): Feature {
  const { access, people, tokens } = deps;
  const { sessions, passwordAccounts, embeddedAccounts } = people;
  const { minting, oauthClients } = tokens;
  const deletion = new AccountDeletion({ ...deps, mails: people.mails });
  const parts = {
    ...deps,
    ...access,
    sessions,
    passwordAccounts,
    embeddedAccounts,
    minting,
    oauthClients,
    browsers: people.browsers,
    reauthentication: people.reauthentication,
    deletion,
  };
  return {
    mount(routes) {
      mountJsonApi(routes, parts);
      mountPages(routes, parts);
      deletion.start();
    },
    close: () => deletion.close(),
  };
}
