import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { PublicJwk } from '../tokens/published-keys.ts';

/** A private key that signs, and the public half that verifies. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicJwk: PublicJwk;
}

/** The keys of an issuer: the first one signs, the others are only published. */
export interface KeyRing {
  readonly active: SigningKey;
  readonly all: readonly SigningKey[];
}

/** Reads PKCS#8 PEM texts into a ring. Throws a TypeError when one is no EC P-256 private key, or there is none. */
export function readKeyRing(pems: readonly string[]): KeyRing {
  const all = pems.map(readSigningKey);
  const [active] = all;
  if (!active) throw new TypeError('there is no signing key');
  return { active, all };
}

function readSigningKey(pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== 'ec' || privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new TypeError('a signing key must be an EC P-256 private key in PKCS#8 PEM');
  }
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  // The key's own thumbprint names it, so that every issuer with the same file agrees. (RFC 7638)
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { kid, privateKey, publicJwk: { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } as PublicJwk };
}
