import type { Clock } from '@ravi/runtime';
import type { PublishedKeys } from '@ravi/credentials';
import { Problem } from '../http/problem.ts';
import { publicDocument } from '../http/cors.ts';
import type { Routes } from '../http/routes.ts';
import type { GrantType } from './grant-types.ts';
import { introspect, type IntrospectDeps } from './introspect.ts';
import { jwks } from './jwks.ts';
import { metadata } from './metadata.ts';
import { oauthFormat } from './oauth-format.ts';
import { required } from './parameters.ts';
import { refresh, type RefreshDeps } from './refresh.ts';
import { revoke, type RevokeDeps } from './revoke.ts';
import { issueTokens, type TokenEndpointDeps } from './token-endpoint.ts';
import { tokenSuccess } from './token-success.ts';

export interface OAuthApiDeps extends TokenEndpointDeps, RevokeDeps, IntrospectDeps {
  readonly publishedKeys: PublishedKeys;
  readonly clock: Clock;
}

/** Mounts the OAuth API's calls about tokens. */
export function mountOAuthApi(routes: Routes, deps: OAuthApiDeps): void {
  routes.call('/oauth/token', issueTokens(deps), oauthFormat);
  routes.call('/oauth/revoke', revoke(deps), oauthFormat);
  routes.call('/oauth/introspect', introspect(deps), oauthFormat);
  const open = publicDocument();
  routes.router.get('/.well-known/jwks.json', open, jwks(deps.publishedKeys, deps.clock));
  const { publicUrl, grantTypes } = deps;
  const described = { publicUrl, grantTypes, scopes: deps.oauthClients.scopes };
  routes.router.get('/.well-known/oauth-authorization-server', open, metadata(described));
  routes.router.get('/.well-known/openid-configuration', open, metadata(described, { openId: true }));
}

/** The name of the grant type that exchanges a refresh token. (RFC 6749 §6) */
export const refreshTokenGrant = 'refresh_token';

/** The grant type that exchanges a refresh token for the next pair. (RFC 6749 §6, RFC 9449 §5) */
export function refreshTokenGrantType(deps: RefreshDeps): GrantType {
  return {
    parameter: 'refresh_token',
    async serve(call, parameters, prove) {
      const text = required(parameters, 'refresh_token');
      const client = await prove();
      const result = await refresh(deps, call, { text, client, scope: parameters['scope'] });
      switch (result.kind) {
        case 'refreshed':
          return call.reply.send(
            200,
            JSON.stringify(tokenSuccess(result.tokens, deps.clock.nowMs())),
            'Pragma',
            'no-cache',
          );
        case 'unproven':
          throw new Problem(
            'invalid_grant',
            'This refresh token is bound to a key; send a DPoP proof of it.',
          );
        case 'otherScope':
          throw new Problem('invalid_scope', 'A refresh gives what was granted, or less; leave scope out.');
        case 'otherResource':
          throw new Problem('invalid_target', 'This login is for another resource; leave resource out.');
        case 'invalid':
        case 'reused':
          throw new Problem(
            'invalid_grant',
            'This refresh token is unknown, expired, used or revoked. Log in again.',
          );
      }
    },
  };
}
