import type { Operation } from '../http/call.ts';
import type { Routes } from '../http/routes.ts';
import type { OAuthClients } from '../tokens/clients.ts';
import type { ResourceServers } from '../tokens/resource-servers.ts';
import type { GrantType } from '../tokens/grant-types.ts';
import { namedClientId, unknownClient } from '../tokens/identify-client.ts';
import { oauthFormat } from '../tokens/oauth-format.ts';
import { parametersOf, required } from '../tokens/parameters.ts';
import { requestedScope } from '../tokens/scope.ts';
import { collect, type CollectDeps, preferredWaitSeconds } from './collect.ts';
import { startLogin, type StartDeps } from './start.ts';

export interface OAuthApiDeps extends StartDeps {
  readonly oauthClients: OAuthClients;
  readonly resourceServers: ResourceServers;
}

/** Mounts the OAuth API's device authorization endpoint. The token endpoint uses `deviceCodeGrantType`. */
export function mountOAuthApi(routes: Routes, deps: OAuthApiDeps): void {
  routes.call('/oauth/device_authorization', authorizeDevice(deps), oauthFormat);
}

/** `POST /oauth/device_authorization`: starts a login and returns its codes. (RFC 8628 §3.1, §3.2; RFC 8707 §2.1) */
function authorizeDevice(deps: OAuthApiDeps): Operation {
  return async (call, body) => {
    const parameters = parametersOf(body);
    const client = deps.oauthClients.find(namedClientId(call, parameters));
    if (!client) throw unknownClient();
    const scope = requestedScope(parameters['scope'], client.scopes, deps.oauthClients.scopes);
    const resource = deps.resourceServers.requested(parameters['resource']);
    await startLogin(deps, call, {
      // An unregistered client is shown by its `client_id`.
      clientName: client.name ?? client.id.slice(0, 64),
      client: { id: client.id, scope, resource },
    });
  };
}

/** The name of the grant type that exchanges a device_code. (RFC 8628 §3.4) */
export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/**
 * The grant type that exchanges a device_code for tokens. With `Prefer: wait=N` the request is held until the login is settled; for
 * other clients the interval applies. (RFC 8628 §3.4, §3.5; RFC 7240 §4.3)
 */
export function deviceCodeGrantType(deps: CollectDeps, longPollMaxSeconds: number): GrantType {
  return {
    parameter: 'device_code',
    serve: (call, parameters, prove) =>
      collect(deps, call, {
        deviceCode: required(parameters, 'device_code'),
        waitSeconds: preferredWaitSeconds(call, longPollMaxSeconds),
        prove,
      }),
  };
}
