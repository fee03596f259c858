import type { Credentials } from '../credentials.ts';
import type { LoginProtocol } from './protocol.ts';
import type { Endpoints } from './metadata.ts';
import { oauthProtocol } from './oauth-protocol.ts';
import { raviProtocol } from './ravi-protocol.ts';

/** The API by which credentials were got, to refresh and to end them. */
export function protocolOf(
  { server, clientId }: Pick<Credentials, 'server' | 'clientId'>,
  how: {
    readonly fetch: typeof fetch;
    readonly nowMs: () => number;
    readonly endpoints?: Endpoints | undefined;
  },
): LoginProtocol {
  return clientId === null
    ? raviProtocol({ ...how, server, clientName: undefined })
    : oauthProtocol({ ...how, endpoints: how.endpoints, server, clientId, scope: undefined, dpopKey: null });
}
