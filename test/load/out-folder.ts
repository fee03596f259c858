import { accessSync, constants, mkdirSync } from 'node:fs';
import { LoadError } from './load-error.ts';

/** Makes sure that results can be written into a folder, before an hour's run is spent on them. Throws LoadError. */
export function openFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new LoadError(`--out: nothing can be written into "${path}" (${reason}). Name another folder.`);
  }
}
