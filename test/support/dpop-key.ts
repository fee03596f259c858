import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';

/** What a proof says, where a test has it say something else. */
export interface ProofParts {
  readonly header?: object;
  readonly claims?: object;
}

/** A key of an OAuth 2.0 client, and proofs of it, right or wrong. (RFC 9449 §4.2) */
export class DpopKey {
  readonly #alg: 'ES256' | 'EdDSA';
  readonly #pair: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

  constructor(alg: 'ES256' | 'EdDSA' = 'ES256') {
    this.#alg = alg;
    this.#pair =
      alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  }

  /** The key's thumbprint. (RFC 7638) */
  get thumbprint(): string {
    const { crv, kty, x, y } = this.publicJwk;
    return sha256(JSON.stringify({ crv, kty, x, y }));
  }

  get publicJwk() {
    return this.#pair.publicKey.export({ format: 'jwk' });
  }

  get privateJwk() {
    return this.#pair.privateKey.export({ format: 'jwk' });
  }

  /** A proof for one request; for an API, with its access token. */
  proof(method: string, url: string, accessToken?: string, parts: ProofParts = {}): string {
    const header = { typ: 'dpop+jwt', alg: this.#alg, jwk: this.publicJwk, ...parts.header };
    const claims = {
      htm: method,
      htu: url,
      iat: Math.floor(Date.now() / 1000),
      jti: randomUUID(),
      ...(accessToken === undefined ? {} : { ath: sha256(accessToken) }),
      ...parts.claims,
    };
    return this.sign(JSON.stringify(header), JSON.stringify(claims));
  }

  /** A JWS of these texts, by this key, whatever they say. */
  sign(header: string, payload: string): string {
    const signed = `${encode(header)}.${encode(payload)}`;
    const digest = this.#alg === 'ES256' ? 'sha256' : null;
    const key = { key: this.#pair.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${signed}.${sign(digest, Buffer.from(signed), key).toString('base64url')}`;
  }
}

const encode = (part: string) => Buffer.from(part).toString('base64url');
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');
