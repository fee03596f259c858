/** A person, as the service tells who approved. */
export interface Account {
  readonly id: number;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** A name and an address under which a program acts. */
export interface Identity {
  readonly uuid: string;
  readonly name: string;
  readonly email: string;
}

/** A private key as JWK (RFC 7517), to which tokens are bound. (RFC 9449) */
export interface DpopJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly d: string;
}

/** The credentials of a login, as a store keeps them. Everything but the names is secret. */
export interface Credentials {
  readonly server: string;
  /** By which API it was got, and is refreshed: the service's own JSON API, or OAuth 2.0. */
  readonly protocol: 'ravi' | 'oauth';
  /** The OAuth 2.0 client; null with the JSON API. */
  readonly clientId: string | null;
  readonly accessToken: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly refreshToken: string | null;
  readonly issuedAtMs: number;
  /** By the clock of this machine; null where the server does not say. */
  readonly expiresAtMs: number | null;
  readonly scope: string | null;
  readonly dpopKey: DpopJwk | null;
  /** Who approved; null where the server does not say. */
  readonly account: Account | null;
  /** API keys of the JSON API; null where the human granted none. */
  readonly managementKey: string | null;
  readonly identityKey: string | null;
  readonly identities: readonly Identity[];
}

/** Credentials as a store keeps them. */
export function writeCredentials(credentials: Credentials): string {
  return JSON.stringify({ version: 1, ...credentials });
}

/** Credentials from what a store kept; null for anything else. */
export function readCredentials(text: string): Credentials | null {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(found) || found['version'] !== 1) return null;
  const { server, accessToken, issuedAtMs, protocol, tokenType } = found;
  if (typeof server !== 'string' || typeof accessToken !== 'string' || typeof issuedAtMs !== 'number')
    return null;
  if (protocol !== 'ravi' && protocol !== 'oauth') return null;
  return {
    server,
    protocol,
    clientId: textOrNull(found['clientId']),
    accessToken,
    tokenType: tokenType === 'DPoP' ? 'DPoP' : 'Bearer',
    refreshToken: textOrNull(found['refreshToken']),
    issuedAtMs,
    expiresAtMs: typeof found['expiresAtMs'] === 'number' ? found['expiresAtMs'] : null,
    scope: textOrNull(found['scope']),
    dpopKey: readDpopJwk(found['dpopKey']),
    account: readAccount(found['account']),
    managementKey: textOrNull(found['managementKey']),
    identityKey: textOrNull(found['identityKey']),
    identities: readIdentities(found['identities']),
  };
}

/** An account from JSON, in the wire's words or in ours; null for anything else. */
export function readAccount(value: unknown): Account | null {
  if (!isObject(value) || typeof value['id'] !== 'number' || typeof value['email'] !== 'string') return null;
  const name = (own: string, wire: string): string => textOrNull(value[own]) ?? textOrNull(value[wire]) ?? '';
  return {
    id: value['id'],
    email: value['email'],
    firstName: name('firstName', 'first_name'),
    lastName: name('lastName', 'last_name'),
  };
}

/** The identities of a list from JSON. */
export function readIdentities(value: unknown): readonly Identity[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) => {
    const { uuid, name, email } = isObject(item) ? item : {};
    return typeof uuid === 'string' && typeof email === 'string'
      ? [{ uuid, email, name: textOrNull(name) ?? '' }]
      : [];
  });
}

/** A text that is not empty, or null. */
export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function readDpopJwk(value: unknown): DpopJwk | null {
  if (!isObject(value)) return null;
  const { x, y, d } = value;
  if (typeof x !== 'string' || typeof y !== 'string' || typeof d !== 'string') return null;
  return { kty: 'EC', crv: 'P-256', x, y, d };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
