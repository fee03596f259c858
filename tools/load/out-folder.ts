import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LoadError } from './load-error.ts';

/** Checks that results can be written into a folder, before a long run. Throws LoadError. */
export function openFolder(path: string): void {
  try {
    makeFolder(resolve(path));
    // With the dot, a file is refused: only a folder has that entry.
    accessSync(`${path}/.`, constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new LoadError(`--out: nothing can be written into "${path}" (${reason}). Name another folder.`);
  }
}

/** Like `mkdir -p`. Node's own `recursive` loops forever below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}
