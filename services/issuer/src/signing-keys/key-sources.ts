import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSigningKeys, type SigningKey } from '@ravi/credentials/signing';
import type { Secret } from '@ravi/runtime';

/** The sources of an issuer's private keys; it uses the keys of all of them. */
export interface KeySources {
  readonly files: readonly string[];
  /** Every `*.pem` in it is a key, in the order of the names. */
  readonly directory: string | null;
  /** The variable that says where the directory is. */
  readonly directoryFrom: 'SIGNING_KEY_DIR' | 'DATA_DIR';
  /** PEM text from the environment. */
  readonly text: Secret | null;
}

/** The keys, and a sentence for each problem: each names the variable and the file, and none shows what is in it. */
export interface ReadKeys {
  readonly keys: readonly SigningKey[];
  readonly problems: readonly string[];
}

/** Reads all signing keys. It is a problem if one cannot be read or is no EC P-256 key, or if there is none. */
export function readKeySources({ files, directory, directoryFrom, text }: KeySources): ReadKeys {
  const problems: string[] = [];
  const collect = <Found>(variable: string, read: () => readonly Found[]): readonly Found[] => {
    try {
      return read();
    } catch (error) {
      problems.push(`${variable}: ${error instanceof Error ? error.message : 'not usable'}`);
      return [];
    }
  };
  const readFiles = (variable: string, names: readonly string[]) =>
    names.flatMap((name) => collect(variable, () => readKeyFile(name)));
  const found = [
    ...readFiles('SIGNING_KEY_FILES', files),
    ...readFiles(directoryFrom, directory === null ? [] : collect(directoryFrom, () => keyFiles(directory))),
    ...(text === null ? [] : collect('SIGNING_KEYS', () => readSigningKeys([text.reveal()]))),
  ];
  const keys = [...new Map(found.map((key) => [key.kid, key])).values()];
  if (keys.length === 0 && problems.length === 0) {
    problems.push(
      `${directoryFrom}: there is no signing key in ${directory}; make one with: npm run keys -- add`,
    );
  }
  return { keys, problems };
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

/** Reads the keys of one file. Throws an Error that names it if it is unreadable, or has a key that is not usable, or none. */
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
    throw new Error(`in ${file} ${cause instanceof Error ? cause.message : 'no key is usable'}`, { cause });
  }
}
