import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import type { PublicJwk } from '../tokens/published-keys.ts';

/** A private key that signs, and the public half that verifies. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicJwk: PublicJwk;
}

const beforeKey = /(?=-----BEGIN [A-Z ]*PRIVATE KEY-----)/;
const keyStart = /^-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/**
 * Reads the signing keys of texts in PKCS#8 PEM, one or more in each; a key that is there twice counts once. Throws a TypeError
 * when one is no EC P-256 private key, or there is none. Its message says which key of the text it is, and shows none of it.
 */
export function readSigningKeys(pems: readonly string[]): readonly SigningKey[] {
  const keys = new Map<string, SigningKey>();
  for (const pem of pems) {
    // A key that is cut off counts as one, too.
    const blocks = pem.split(beforeKey).filter((part) => keyStart.test(part));
    if (blocks.length === 0) throw new TypeError('there is no private key in PKCS#8 PEM');
    for (const [index, block] of blocks.entries()) {
      const key = readSigningKey(block);
      if (key === null) {
        const which =
          blocks.length === 1 ? 'the private key' : `private key ${index + 1} of ${blocks.length}`;
        const fault = block.startsWith('-----BEGIN ENCRYPTED')
          ? 'is encrypted: a signing key has no passphrase'
          : 'is no EC P-256 key in PKCS#8 PEM';
        throw new TypeError(`${which} ${fault}`);
      }
      keys.set(key.kid, key);
    }
  }
  if (keys.size === 0) throw new TypeError('there is no signing key');
  return [...keys.values()];
}

/** A fresh private key, PKCS#8 PEM. */
export function generateSigningKey(): string {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
}

/** Null if it is no key that signs ES256. */
function readSigningKey(pem: string): SigningKey | null {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch {
    return null;
  }
  if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return null;
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  // The key's own thumbprint names it, so that every issuer with the same key agrees. (RFC 7638)
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { kid, privateKey, publicJwk: { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } as PublicJwk };
}
