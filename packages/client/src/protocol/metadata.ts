import { safeText } from '../safe-text.ts';
import { mayTravelTo, readHttpUrl, requireEncryption } from '../server-address.ts';
import { exchange, type Reach } from './exchange.ts';
import type { Away, Failed } from './protocol.ts';
import { readFailure, unexpected } from './read-answer.ts';

export interface Endpoints {
  readonly deviceAuthorization: string;
  readonly token: string;
  readonly revocation: string | null;
}

/** Throws as `readServerAddress` does, for endpoints that a program names itself. */
export function checkEndpoints(endpoints: Endpoints | undefined, allowHttp = false): void {
  if (endpoints === undefined) return;
  const { deviceAuthorization, token, revocation } = endpoints;
  for (const [name, address] of Object.entries({ deviceAuthorization, token, revocation })) {
    if (address !== null) requireEncryption(readHttpUrl(address, `endpoints.${name}`), allowHttp);
  }
}

/** The result of looking for the endpoints. */
export type Discovery = { readonly kind: 'found'; readonly endpoints: Endpoints } | Away | Failed;

const timeoutMs = 15_000;

/**
 * Finds the calls of an authorization server by its metadata, where OAuth 2.0 has it, then where OpenID Connect does. Refuses metadata of
 * another issuer, and calls that are less protected than the issuer. (RFC 8414 §3; RFC 8628 §4)
 */
export async function discover(server: string, reach: Reach, nowMs: number): Promise<Discovery> {
  const { origin, pathname } = new URL(server);
  const path = pathname === '/' ? '' : pathname;
  const places = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${server}/.well-known/openid-configuration`,
  ];
  let failure: Away | Failed = unexpected(`${server} has no metadata.`);
  for (const place of places) {
    const answer = await exchange(reach, place, { timeoutMs });
    if (answer.kind === 'answered' && answer.status === 200 && answer.body !== null) {
      return readMetadata(answer.body, server);
    }
    failure = readFailure(answer, server, nowMs);
    if (failure.kind === 'away') return failure;
  }
  return unexpected(`${server} has no metadata of an authorization server (RFC 8414). ${failure.message}`);
}

function readMetadata(found: Readonly<Record<string, unknown>>, server: string): Discovery {
  const { issuer } = found;
  if (!isServer(issuer, server)) {
    const name =
      typeof issuer === 'string' && URL.canParse(issuer) ? safeText(new URL(issuer).href) : 'nobody';
    return unexpected(`The metadata at ${server} belongs to ${name}: use that address.`);
  }
  const isPlain = server.startsWith('http:');
  // Where the server itself is on another machine without encryption, its program has allowed that.
  const allowsHttp = !mayTravelTo(new URL(server), false);
  const address = (name: string): string | null => {
    const value = found[name];
    if (typeof value !== 'string' || !URL.canParse(value)) return null;
    return value.startsWith('https:') || (isPlain && mayTravelTo(new URL(value), allowsHttp)) ? value : null;
  };
  const token = address('token_endpoint');
  const deviceAuthorization = address('device_authorization_endpoint');
  if (deviceAuthorization === null) {
    return { kind: 'failed', code: 'unsupported', message: `${server} has no device flow (RFC 8628).` };
  }
  if (token === null) return unexpected(`The metadata at ${server} names no usable token_endpoint.`);
  return {
    kind: 'found',
    endpoints: { deviceAuthorization, token, revocation: address('revocation_endpoint') },
  };
}

/** Whether metadata name this server, which has no slash at its end: theirs may have. Takes no more time than their name is long. */
function isServer(issuer: unknown, server: string): boolean {
  return typeof issuer === 'string' && issuer.startsWith(server) && /^\/*$/.test(issuer.slice(server.length));
}
