import { createHash } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import { Secret } from '@ravi/runtime';
import { LoadError } from '../load-error.ts';

/** Below this length a key could be guessed from a recorded handshake. */
const shortestKey = 32;

/** TLS wants a name for the key: both sides send this one, and it identifies nobody. */
export const keyName = 'load';

/**
 * The key that the machines of a run share, from `LOAD_KEY`: with it, anybody can let these machines load others. Throws LoadError if
 * it is missing or short.
 */
export function readLoadKey(text: string | undefined): Secret {
  if (text === undefined || text.length < shortestKey) {
    throw new LoadError(
      `Set LOAD_KEY to the same secret on all machines, of at least ${shortestKey} characters, such as what "openssl rand -hex 32" prints.`,
    );
  }
  return new Secret(text);
}

/** The key as TLS takes it. (RFC 4279) */
export function sharedKey(key: Secret): Buffer {
  return createHash('sha256').update(key.reveal()).digest();
}

/**
 * How the machines talk: encrypted, without certificates. Both prove that they have the key; with the key alone, nobody can read later
 * what they recorded. (RFC 5489; TLS 1.2, since Node has no shared keys in 1.3)
 */
export const withSharedKey = {
  ciphers: 'ECDHE-PSK-CHACHA20-POLY1305',
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
} as const satisfies TlsOptions;
