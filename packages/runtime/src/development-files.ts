import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Secret } from './secret.ts';

/**
 * Reads a file that development keeps for itself, and makes it first where it is missing. Processes that start
 * together agree: the first to finish wins, the others read what it wrote. Mode 0600.
 */
export function keepDevelopmentFile(directory: string, name: string, make: () => string): string {
  const file = join(directory, name);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not there yet: written aside and linked into place, so that nobody reads half a file.
    const draft = `${file}.${randomUUID()}`;
    writeFileSync(draft, make(), { mode: 0o600, flag: 'wx' });
    try {
      linkSync(draft, file);
    } catch {
      // Another process was first.
    } finally {
      rmSync(draft, { force: true });
    }
    return readFileSync(file, 'utf8');
  }
}

/** The `SECRET` that development keeps for itself: the same for every service that shares the directory. */
export function keepDevelopmentSecret(directory: string): Secret {
  return new Secret(keepDevelopmentFile(directory, 'secret', () => randomBytes(48).toString('base64')));
}
