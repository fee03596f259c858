import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';

/** What a proof says, where a test has it say something else. */
export interface ProofParts {
  readonly header?: object;
  readonly claims?: object;
}

/** A key of an OAuth 2.0 client, and proofs of it, right or wrong. (RFC 9449 §4.2) */
export class DpopKey {
  readonly #pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  /** The key's thumbprint. (RFC 7638) */
  get thumbprint(): string {
    const { crv, kty, x, y } = this.publicJwk;
    return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  }

  get publicJwk() {
    return this.#pair.publicKey.export({ format: 'jwk' });
  }

  get privateJwk() {
    return this.#pair.privateKey.export({ format: 'jwk' });
  }

  /** A proof for one request; for an API, with its access token. */
  proof(method: string, url: string, accessToken?: string, parts: ProofParts = {}): string {
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: this.publicJwk, ...parts.header };
    const ath =
      accessToken === undefined ? {} : { ath: createHash('sha256').update(accessToken).digest('base64url') };
    const claims = {
      htm: method,
      htu: url,
      iat: Math.floor(Date.now() / 1000),
      jti: randomUUID(),
      ...ath,
      ...parts.claims,
    };
    const signed = `${encode(header)}.${encode(claims)}`;
    const key = this.#pair.privateKey;
    const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
