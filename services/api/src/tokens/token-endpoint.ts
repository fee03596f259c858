import type { DpopProofs } from '@ravi/credentials';
import type { Context, Middleware } from 'koa';
import type { RequestState } from '../http/request-scope.ts';
import { Problem } from '../http/problem.ts';
import type { OAuthClient, OAuthClients } from './clients.ts';
import { collectTokens, type CollectTokensDeps } from '../login/device-code-grant.ts';
import { namedClientId, unknownClient } from './identify-client.ts';
import { parametersOf, required } from './parameters.ts';
import { refresh, type RefreshDeps } from './refresh-grant.ts';

/** What the token endpoint needs. */
export interface TokenEndpointDeps extends CollectTokensDeps, RefreshDeps {
  readonly oauthClients: OAuthClients;
  readonly proofs: DpopProofs;
  readonly publicUrl: string;
}

/** How a program asks that a device_code be exchanged. (RFC 8628 §3.4) */
export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/** `POST /oauth/token`: tokens for a device_code, or for a refresh token. (RFC 6749 §3.2) */
export function issueTokens(deps: TokenEndpointDeps): Middleware<RequestState> {
  return async (ctx) => {
    const parameters = parametersOf(ctx);
    const grantType = required(parameters, 'grant_type');
    const client = deps.oauthClients.find(namedClientId(ctx, parameters));
    if (!client) throw unknownClient();
    switch (grantType) {
      case deviceCodeGrant:
        required(parameters, 'device_code');
        return collectTokens(deps, ctx, parameters, {
          id: client.id,
          keyThumbprint: await provenKey(deps, ctx, client),
        });
      case 'refresh_token':
        required(parameters, 'refresh_token');
        return refresh(deps, ctx, parameters, {
          id: client.id,
          keyThumbprint: await provenKey(deps, ctx, client),
        });
      default:
        throw new Problem('unsupported_grant_type', `Use ${deviceCodeGrant} or refresh_token.`);
    }
  };
}

/** The thumbprint of the key that the client proves; empty where it proves none and need not. (RFC 9449 §5) */
async function provenKey(deps: TokenEndpointDeps, ctx: Context, client: OAuthClient): Promise<string> {
  const proof = ctx.get('DPoP');
  if (proof === '' && client.dpop === 'optional') return '';
  const request = { method: ctx.method, url: deps.publicUrl + ctx.path };
  const thumbprint = await deps.proofs.check(proof, request, deps.clock.nowMs());
  if (thumbprint === null) {
    throw new Problem('invalid_dpop_proof', 'A fresh DPoP proof for this very request is needed.');
  }
  return thumbprint;
}
