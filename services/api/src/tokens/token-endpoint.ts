import type { DpopProofsInRedis } from '@ravi/credentials';
import type { Clock } from '@ravi/runtime';
import { nonceNeeded } from '../access/nonce-needed.ts';
import type { Call, Operation } from '../http/call.ts';
import { Problem } from '../http/problem.ts';
import type { OAuthClient, OAuthClients } from './clients.ts';
import type { GrantTypes } from './grant-types.ts';
import { namedClientId, unknownClient } from './identify-client.ts';
import type { ResourceServers } from './resource-servers.ts';
import { parametersOf, required } from './parameters.ts';

export interface TokenEndpointDeps {
  readonly oauthClients: OAuthClients;
  readonly resourceServers: ResourceServers;
  readonly grantTypes: GrantTypes;
  readonly proofs: DpopProofsInRedis;
  readonly clock: Clock;
  readonly publicUrl: string;
}

/** `POST /oauth/token`: tokens for what one of the registered grant types exchanges. (RFC 6749 §3.2) */
export function issueTokens(deps: TokenEndpointDeps): Operation {
  return async (call, body) => {
    const parameters = parametersOf(body);
    const name = required(parameters, 'grant_type');
    const client = deps.oauthClients.find(namedClientId(call, parameters));
    if (!client) throw unknownClient();
    const grantType = deps.grantTypes.find(name);
    if (!grantType) {
      throw new Problem('unsupported_grant_type', `Use ${deps.grantTypes.names.join(' or ')}.`);
    }
    required(parameters, grantType.parameter);
    const resource = deps.resourceServers.requested(parameters['resource']) || undefined;
    await grantType.serve(call, parameters, async () => {
      const keyThumbprint = await provenKey(deps, call, client);
      return { id: client.id, keyThumbprint, resource };
    });
  };
}

/** The thumbprint of the key that the client proves; empty where it proves none and need not. (RFC 9449 §5, §8) */
async function provenKey(deps: TokenEndpointDeps, call: Call, client: OAuthClient): Promise<string> {
  const proof = String(call.headers['dpop'] ?? '');
  if (proof === '' && client.dpop === 'optional') return '';
  const request = { method: call.method, url: deps.publicUrl + call.path };
  const check = await deps.proofs.check(proof, request, deps.clock.nowMs());
  switch (check.kind) {
    case 'proven':
      return check.thumbprint;
    case 'nonceNeeded':
      throw nonceNeeded('use_dpop_nonce', check.nonce);
    case 'refused':
      throw new Problem(
        'invalid_dpop_proof',
        `A fresh DPoP proof for this request is needed: ${check.fault}.`,
      );
  }
}
