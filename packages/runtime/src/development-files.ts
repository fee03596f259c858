import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ConfigError } from './env.ts';
import { Secret } from './secret.ts';

/**
 * Reads a generated development file, and creates it if it is missing. Processes that start together agree: the first
 * to finish wins, the others read its file. Mode 0600. Throws a sentence when the directory cannot be written.
 */
export function keepDevelopmentFile(directory: string, name: string, make: () => string): string {
  try {
    return keepFile(directory, name, make);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    throw new Error(
      `"${directory}" cannot be used (${reason}); set it to a folder that this user may read and write, or set SECRET and the signing keys`,
      { cause: error },
    );
  }
}

function keepFile(directory: string, name: string, make: () => string): string {
  const file = join(directory, name);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Missing: written aside and linked into place, so that no process reads half a file.
    const draft = `${file}.${randomUUID()}`;
    writeFileSync(draft, make(), { mode: 0o600, flag: 'wx' });
    try {
      linkSync(draft, file);
    } catch {
      // Another process was first.
    } finally {
      rmSync(draft);
    }
    return readFileSync(file, 'utf8');
  }
}

/** The generated `SECRET` of development: the same for every service that shares the directory. Throws `ConfigError`. */
export function keepDevelopmentSecret(directory: string): Secret {
  try {
    return new Secret(keepDevelopmentFile(directory, 'secret', () => randomBytes(48).toString('base64')));
  } catch (error) {
    throw new ConfigError([`DATA_DIR: ${error instanceof Error ? error.message : 'not usable'}`]);
  }
}
