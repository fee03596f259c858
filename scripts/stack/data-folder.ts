import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StackError } from './problem.ts';

/** SQLite's code for a file that another process has locked. (SQLITE_BUSY) */
const busy = 5;

/**
 * Takes a folder for this process alone, until `release` or the end of the process, however it ends. A lock of SQLite, because Node
 * has none of its own: the system gives it to one process, and takes it back by itself. Throws `StackError` when another
 * process has the folder, or it cannot be written.
 */
export function takeDataFolder(folder: string): { readonly release: () => void } {
  try {
    mkdirSync(folder, { recursive: true });
    const lock = new DatabaseSync(join(folder, 'lock'));
    lock.exec('BEGIN EXCLUSIVE');
    return { release: () => lock.close() };
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === busy) {
      throw new StackError(
        `Another "npm start" uses the data in ${folder}: stop it, or set DATA_DIR to another folder.`,
      );
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new StackError(
      `${folder} cannot be written (${reason}): set DATA_DIR to a folder that this user may write to.`,
    );
  }
}
