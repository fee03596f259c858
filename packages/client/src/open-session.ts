import { systemClock } from './clock.ts';
import { checkEndpoints, type Endpoints } from './protocol/metadata.ts';
import { readServerAddress } from './server-address.ts';
import { createSession, type Session } from './session.ts';
import type { CredentialStore } from './stores/credential-store.ts';

export interface OpenSessionOptions {
  /** The server that the login must be of: its tokens go nowhere else to be refreshed. */
  readonly server: string;
  readonly store: CredentialStore;
  /** The endpoints of an OAuth 2.0 server that has no metadata. */
  readonly endpoints?: Endpoints;
  /** Allows `http://` on other machines: tokens travel in the clear. */
  readonly allowHttp?: boolean;
  /** For proxies and tests. */
  readonly fetch?: typeof fetch;
}

/**
 * The login that an earlier run left in the store; null where there is none of this server. Asks the server nothing. Rejects with a
 * `LoginError` where the store cannot be read.
 */
export async function openSession({ store, ...options }: OpenSessionOptions): Promise<Session | null> {
  const server = readServerAddress(options.server, options.allowHttp);
  checkEndpoints(options.endpoints, options.allowHttp);
  const credentials = await store.read();
  if (credentials?.server !== server) return null;
  return createSession({ ...options, credentials, store, clock: systemClock });
}
