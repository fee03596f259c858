import { dpopAlgorithms } from '@ravi/credentials';
import type { Middleware } from 'koa';
import type { GrantTypes } from './grant-types.ts';

export interface MetadataDeps {
  readonly publicUrl: string;
  readonly scopes: readonly string[];
  readonly grantTypes: GrantTypes;
}

/** What parsers of OpenID discovery insist on, for clients that look for a server's metadata there alone. (OpenID Discovery 1.0 §3) */
const openIdMembers = {
  subject_types_supported: ['public'],
  // No ID token is issued: verifiers take these for the algorithms of every token.
  id_token_signing_alg_values_supported: ['ES256'],
};

/**
 * `GET /.well-known/oauth-authorization-server`, and with `openId` the path of OpenID discovery: what clients need to know of this
 * server. (RFC 8414 §2, RFC 8628 §4, RFC 9449 §5.1)
 */
export function metadata(
  { publicUrl, scopes, grantTypes }: MetadataDeps,
  { openId = false } = {},
): Middleware {
  const document = () => ({
    issuer: publicUrl,
    device_authorization_endpoint: `${publicUrl}/oauth/device_authorization`,
    token_endpoint: `${publicUrl}/oauth/token`,
    revocation_endpoint: `${publicUrl}/oauth/revoke`,
    introspection_endpoint: `${publicUrl}/oauth/introspect`,
    jwks_uri: `${publicUrl}/.well-known/jwks.json`,
    scopes_supported: scopes,
    // No browser is sent back to a client with an answer here.
    response_types_supported: [],
    grant_types_supported: grantTypes.names,
    token_endpoint_auth_methods_supported: ['none'],
    revocation_endpoint_auth_methods_supported: ['none'],
    introspection_endpoint_auth_methods_supported: ['client_secret_basic'],
    dpop_signing_alg_values_supported: dpopAlgorithms,
    ...(openId ? openIdMembers : {}),
  });
  return (ctx) => {
    ctx.body = document();
    ctx.set('Cache-Control', 'public, max-age=300');
  };
}
