// Lives here: tokens after their login: refresh, revocation, introspection, metadata and keys, and who may ask: clients, resource servers.
// Lives elsewhere: how a login gives its first tokens (../login), who may do what with them (../access), minting itself (the issuer).
import type { AuditLog } from '@ravi/audit';
import type {
  ApiKeyStore,
  DpopProofsInRedis,
  MintStore,
  PublishedKeys,
  TokenVerifier,
} from '@ravi/credentials';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Access } from '../access/index.ts';
import type { Feature } from '../http/feature.ts';
import type { IssuanceQueue } from '../issuance/queue.ts';
import type { Limits } from '../limits/limits.ts';
import { type OAuthClient, OAuthClients } from './clients.ts';
import { GrantTypes } from './grant-types.ts';
import { mountJsonApi } from './json-routes.ts';
import { Minting } from './minting.ts';
import { mountOAuthApi, refreshTokenGrant, refreshTokenGrantType } from './oauth-routes.ts';
import { type ResourceServer, ResourceServers } from './resource-servers.ts';

export interface TokensDeps {
  readonly access: Access;
  readonly tokenVerifier: TokenVerifier;
  readonly publishedKeys: PublishedKeys;
  readonly proofs: DpopProofsInRedis;
  readonly mints: MintStore;
  readonly apiKeys: ApiKeyStore;
  readonly queue: IssuanceQueue;
  readonly limits: Limits;
  readonly keys: ServiceKeyGenerations;
  readonly instance: string;
  readonly publicUrl: string;
  readonly registeredClients: readonly OAuthClient[] | 'any';
  readonly registeredResourceServers: readonly ResourceServer[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditLog;
}

/** What the other features take from this one. */
export interface Tokens extends Feature {
  readonly minting: Minting;
  readonly oauthClients: OAuthClients;
  readonly resourceServers: ResourceServers;
  readonly grantTypes: GrantTypes;
}

/** Puts the feature together; opens nothing. */
export function createTokens(deps: TokensDeps): Tokens {
  const { access } = deps;
  const minting = new Minting(deps);
  const oauthClients = new OAuthClients(deps.registeredClients);
  const resourceServers = new ResourceServers(deps.registeredResourceServers);
  const grantTypes = new GrantTypes();
  const parts = { ...deps, ...access, minting, oauthClients, resourceServers, grantTypes };
  grantTypes.register(refreshTokenGrant, refreshTokenGrantType(parts));
  return {
    minting,
    oauthClients,
    resourceServers,
    grantTypes,
    mount(routes) {
      mountJsonApi(routes, parts);
      mountOAuthApi(routes, parts);
    },
  };
}
