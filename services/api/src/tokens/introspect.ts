import { audienceOf, tokenAudiences } from '@ravi/credentials';
import type { Logger } from '@ravi/telemetry';
import type { Credentials, FoundCredential } from '../access/credentials.ts';
import type { Operation } from '../http/call.ts';
import { Problem } from '../http/problem.ts';
import { basicCredentials } from './basic-credentials.ts';
import { parametersOf, required } from './parameters.ts';
import type { ResourceServers } from './resource-servers.ts';

export interface IntrospectDeps {
  readonly resourceServers: ResourceServers;
  readonly credentials: Credentials;
  readonly publicUrl: string;
  readonly logger: Logger;
}

/**
 * `POST /oauth/introspect`: what a credential of any kind is good for now; for resource servers, by HTTP Basic. A credential that is
 * not valid, or not for the service that asks, is answered `active: false` and nothing else. (RFC 7662 §2.2, §4)
 */
export function introspect(deps: IntrospectDeps): Operation {
  const { resourceServers, credentials, publicUrl, logger } = deps;
  return async ({ headers, address, requestId, reply }, body) => {
    const basic = basicCredentials(headers.authorization ?? '');
    if (basic === null) throw notBasic(headers.authorization);
    const audience = resourceServers.recognise(basic);
    if (audience === null) throw unrecognised(basic);
    const found = await credentials.find(required(parametersOf(body), 'token'));
    const active = found && isFor(found, audience) && !(found.kind === 'refresh' && !found.latest);
    if (active && found.kind === 'key') credentials.noteUse(found, address);
    logger.debug({ resourceServer: basic.id, requestId }, 'credential introspected');
    const answer = active ? { active: true, ...describe(found, publicUrl) } : { active: false };
    reply.send(200, JSON.stringify(answer), 'Pragma', 'no-cache');
  };
}

function notBasic(header = ''): Problem {
  const sentence =
    header === ''
      ? 'Send Authorization: Basic with the id and secret of a resource server.'
      : 'Authorization must be Basic, then base64 of id:secret, both form-encoded. (RFC 6749 section 2.3.1)';
  return new Problem('invalid_client', sentence);
}

/** Does not say whether the id or the secret is wrong, but names a likely mistake in their encoding. */
function unrecognised({ id, secret }: { readonly id: string; readonly secret: string }): Problem {
  // Form-decoded, a plus is a blank and a percent sign starts a byte: libraries that do not encode send another secret.
  const isPlain = /^[\w.~-]*$/.test(id + secret);
  return new Problem(
    'invalid_client',
    isPlain
      ? 'No resource server has this id and secret.'
      : 'No resource server has this id and secret. Form-encode both before base64 (RFC 6749 section 2.3.1), or use a secret in hex.',
  );
}

/** Whether a credential is for this audience. API keys are for our own API; a refresh token has the audience of its access tokens. */
function isFor(found: FoundCredential, audience: string): boolean {
  switch (found.kind) {
    case 'key':
      return audience === tokenAudiences.access;
    case 'access':
      return audience === found.claims.aud;
    case 'refresh':
      return audience === audienceOf(found.grant.resource);
  }
}

function describe(found: FoundCredential, issuer: string): object {
  if (found.kind !== 'key') {
    const { claims, grant } = found;
    return {
      ...optional('token_type', found.kind === 'access' ? (claims.cnf ? 'DPoP' : 'Bearer') : undefined),
      credential: `${found.kind}_token`,
      sub: claims.sub,
      client_id: claims.client_id,
      scope: claims.scope,
      iat: claims.iat,
      exp: claims.exp,
      iss: claims.iss,
      aud: claims.aud,
      jti: claims.jti,
      grant_id: grant.id,
      ...optional('identity_uuid', claims.identity_uuid),
      ...optional('cnf', claims.cnf),
    };
  }
  const { key } = found;
  return {
    token_type: 'Bearer',
    credential: `${key.kind}_key`,
    sub: String(key.userId),
    scope: key.kind === 'management' ? 'account' : 'identity',
    iat: seconds(key.createdAtMs),
    iss: issuer,
    aud: tokenAudiences.access,
    ...optional('exp', key.expiresAtMs === null ? undefined : seconds(key.expiresAtMs)),
    ...optional('grant_id', key.grantId || undefined),
    ...optional('identity_uuid', key.identityUuid || undefined),
  };
}

const optional = (name: string, value: unknown) => (value === undefined ? {} : { [name]: value });

const seconds = (ms: number) => Math.floor(ms / 1000);
