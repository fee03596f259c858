import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSigningKeys, type SigningKey } from '@ravi/credentials/signing';
import type { Secret } from '@ravi/runtime';

/** The sources of an issuer's private keys; it uses the keys of all of them. */
export interface KeySources {
  readonly files: readonly string[];
  /** Every `*.pem` in it is a key, in the order of the names. */
  readonly directory: string | null;
  /** PEM texts from the environment. */
  readonly texts: readonly Secret[];
}

/**
 * Reads all signing keys. Throws an Error if a key cannot be read, is no EC P-256 key, or there is none. Its message names the file
 * and never shows the content.
 */
export function readKeySources({ files, directory, texts }: KeySources): readonly SigningKey[] {
  const all = [...files, ...(directory === null ? [] : keyFiles(directory))];
  const keys = [...all.flatMap(readKeyFile), ...texts.flatMap((text) => readSigningKeys([text.reveal()]))];
  const distinct = new Map(keys.map((key) => [key.kid, key]));
  if (distinct.size > 0) return [...distinct.values()];
  const where = directory === null ? '' : ` in ${directory}`;
  throw new Error(`there is no signing key${where}; make one with: npm run keys -- add`);
}

/** The key files of a directory, in the order of their names. */
export function keyFiles(directory: string): readonly string[] {
  try {
    const names = readdirSync(directory).filter((name) => name.endsWith('.pem') && !name.startsWith('.'));
    return names.toSorted().map((name) => join(directory, name));
  } catch (cause) {
    throw new Error(`${directory} cannot be read`, { cause });
  }
}

/** Whether a directory is there and has key files. */
export function hasKeyFiles(directory: string): boolean {
  return existsSync(directory) && keyFiles(directory).length > 0;
}

/** Reads the keys of one file. Throws an Error that names it if it is unreadable or holds none. */
export function readKeyFile(file: string): readonly SigningKey[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`${file} cannot be read`, { cause });
  }
  try {
    return readSigningKeys([text]);
  } catch (cause) {
    throw new Error(`${file} holds no EC P-256 private key in PKCS#8 PEM`, { cause });
  }
}
