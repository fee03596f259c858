import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LoginError } from '../login-error.ts';
import { defaultLockTimes, LockBusy, withFolderLock } from './folder-lock.ts';
import { isSystemError, wordsFor } from './system-errors.ts';

/**
 * Runs the work alone among the processes that use this lock, a folder at `path`. Rejects with what the work throws, and with a
 * `LoginError` where the lock cannot be had: the work has not begun then.
 */
export async function takeTurns<T>(
  path: string,
  waitMs: number = defaultLockTimes.waitMs,
  work: () => Promise<T>,
): Promise<T> {
  let begun = false;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return await withFolderLock(
      path,
      () => {
        begun = true;
        return work();
      },
      { ...defaultLockTimes, waitMs },
    );
  } catch (error) {
    if (begun) throw error;
    if (error instanceof LockBusy) {
      const seconds = Math.round(waitMs / 1_000);
      const sentence = `Another process has held ${path} for ${seconds} s: is it stuck? If none runs, delete that folder.`;
      throw new LoginError('store_unusable', sentence, { cause: error });
    }
    if (!isSystemError(error)) throw error;
    throw new LoginError('store_unusable', `${path} cannot be used: ${wordsFor(error)}`, { cause: error });
  }
}
