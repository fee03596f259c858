import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, make(), { mode: 0o600 });
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
