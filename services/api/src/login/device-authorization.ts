import type { Middleware } from 'koa';
import { deviceCallOf } from '../http/call.ts';
import type { RequestState } from '../http/request-scope.ts';
import { openLogin, type StartLoginDeps } from './start.ts';
import type { OAuthClients } from '../tokens/clients.ts';
import { namedClientId, unknownClient } from '../tokens/identify-client.ts';
import { parametersOf } from '../tokens/parameters.ts';
import { requestedScope } from '../tokens/scope.ts';

/** What authorizing devices needs. */
export interface DeviceAuthorizationDeps extends StartLoginDeps {
  readonly oauthClients: OAuthClients;
}

/** `POST /oauth/device_authorization`: starts a login and returns its codes. (RFC 8628 §3.1, §3.2) */
export function authorizeDevice(deps: DeviceAuthorizationDeps): Middleware<RequestState> {
  return async (ctx) => {
    const parameters = parametersOf(ctx);
    const client = deps.oauthClients.find(namedClientId(ctx, parameters));
    if (!client) throw unknownClient();
    const scope = requestedScope(parameters['scope'], client.scopes);
    await openLogin(deps, deviceCallOf(ctx), {
      // What nobody registered goes by the name that it gives itself.
      clientName: client.name ?? client.id.slice(0, 64),
      client: { id: client.id, scope },
    });
    ctx.respond = false;
  };
}
