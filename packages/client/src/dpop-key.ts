import type { DpopJwk } from './credentials.ts';

type SigningKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };

/** A key of this program, and proofs of it, so that a stolen token alone is of no use. (RFC 9449) */
export class DpopKey {
  readonly jwk: DpopJwk;
  readonly #key: SigningKey;
  /** The newest nonce of each server that wants one. (RFC 9449 §8.2) */
  readonly #nonces = new Map<string, string>();

  private constructor(jwk: DpopJwk, key: SigningKey) {
    this.jwk = jwk;
    this.#key = key;
  }

  /** Makes a new key. */
  static async generate(): Promise<DpopKey> {
    const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const { x = '', y = '', d = '' } = await crypto.subtle.exportKey('jwk', privateKey);
    return DpopKey.fromJwk({ kty: 'EC', crv: 'P-256', x, y, d });
  }

  /** The key that a store kept. */
  static async fromJwk(jwk: DpopJwk): Promise<DpopKey> {
    return new DpopKey(jwk, await crypto.subtle.importKey('jwk', { ...jwk }, algorithm, false, ['sign']));
  }

  /** A proof for one request; for an API, with its access token. (RFC 9449 §4.2) */
  async proof(method: string, address: string, accessToken?: string): Promise<string> {
    const { kty, crv, x, y } = this.jwk;
    const { origin, pathname } = new URL(address);
    const nonce = this.nonceFor(address);
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } };
    const claims = {
      jti: crypto.randomUUID(),
      htm: method,
      htu: origin + pathname,
      iat: Math.floor(Date.now() / 1_000),
      ...(accessToken === undefined ? {} : { ath: base64url(await sha256(accessToken)) }),
      ...(nonce === undefined ? {} : { nonce }),
    };
    const signed = `${encode(header)}.${encode(claims)}`;
    const how = { name: 'ECDSA', hash: 'SHA-256' };
    const signature = await crypto.subtle.sign(how, this.#key, new TextEncoder().encode(signed));
    return `${signed}.${base64url(new Uint8Array(signature))}`;
  }

  /** The nonce of the next proof for this server; undefined for none. */
  nonceFor(address: string): string | undefined {
    return this.#nonces.get(new URL(address).origin);
  }

  /**
   * Notes the nonce of an answer. `refused`: the nonce of a proof that the server refused for want of another one; null where it refused none.
   * True where the answer has that other one, which a call at the same time may have noted before: another try can succeed.
   */
  noteNonce(
    address: string,
    headers: Headers,
    refused: { readonly nonce: string | undefined } | null,
  ): boolean {
    const nonce = headers.get('dpop-nonce');
    if (nonce === null) return false;
    this.#nonces.set(new URL(address).origin, nonce);
    return refused !== null && refused.nonce !== nonce;
  }
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

function encode(part: object): string {
  return base64url(new TextEncoder().encode(JSON.stringify(part)));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
