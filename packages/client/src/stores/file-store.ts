import { chmod, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Credentials, readCredentials, writeCredentials } from '../credentials.ts';
import { LoginError } from '../login-error.ts';
import type { CredentialStore } from './credential-store.ts';
import { LockBusy, withFolderLock } from './folder-lock.ts';

/**
 * Keeps the login in a file that its owner alone can read (0600, a new folder 0700), written whole or not at all. Processes take turns by a
 * folder `….lock` beside it. The file holds usable tokens: keep it out of backups and images.
 */
export function fileStore(path: string): CredentialStore {
  const file = resolve(path);
  const folder = dirname(file);
  const temporaryPrefix = `.${basename(file)}.`;

  const prepareFolder = (): Promise<unknown> => mkdir(folder, { recursive: true, mode: 0o700 });

  /** Writes a file beside the store's own; the caller renames it. */
  const writeTemporary = async (text: string): Promise<string> => {
    const temporary = join(folder, `${temporaryPrefix}${crypto.randomUUID()}.tmp`);
    try {
      const handle = await open(temporary, 'wx', 0o600);
      try {
        // A umask may take rights away, and none may be too many.
        await chmod(temporary, 0o600);
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
    return temporary;
  };

  const unusable = (error: unknown): LoginError => {
    if (error instanceof LockBusy) {
      return new LoginError(
        'store_unusable',
        `Another process has held ${file}.lock for a minute: is it stuck?`,
        {
          cause: error,
        },
      );
    }
    return new LoginError('store_unusable', `${file} cannot be used: ${wordsFor(error)}`, { cause: error });
  };
  const asStore = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw isSystemError(error) || error instanceof LockBusy ? unusable(error) : error;
    }
  };

  return {
    read: () =>
      asStore(async () => {
        const text = await readFile(file, 'utf8').catch((error: unknown) => {
          if (isSystemError(error) && error.code === 'ENOENT') return null;
          throw error;
        });
        if (text === null) return null;
        const credentials = readCredentials(text);
        if (credentials) return credentials;
        throw new LoginError(
          'store_corrupted',
          `${file} holds no login that can be read: delete it and log in again.`,
        );
      }),

    write: (credentials: Credentials) =>
      asStore(async () => {
        await prepareFolder();
        const temporary = await writeTemporary(writeCredentials(credentials));
        await rename(temporary, file);
      }),

    clear: () =>
      asStore(async () => {
        await rm(file, { force: true });
        // A process that was killed while it wrote may have left its tokens.
        const left = (await readdir(folder).catch(() => [])).filter(
          (name) => name.startsWith(temporaryPrefix) && name.endsWith('.tmp'),
        );
        await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
      }),

    probe: () =>
      asStore(async () => {
        await prepareFolder();
        await rm(await writeTemporary(''), { force: true });
      }),

    exclusively: async <T>(work: () => Promise<T>): Promise<T> => {
      let begun = false;
      try {
        await prepareFolder();
        return await withFolderLock(`${file}.lock`, () => {
          begun = true;
          return work();
        });
      } catch (error) {
        throw begun ? error : unusable(error);
      }
    },
  };
}

interface SystemError extends Error {
  readonly code: string;
}

function isSystemError(error: unknown): error is SystemError {
  return typeof error === 'object' && error !== null && 'code' in error && 'syscall' in error;
}

const words: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there; name a place where it may',
  EPERM: 'this user may not write there; name a place where it may',
  EROFS: 'the file system is read-only; name a place that is not',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is no folder',
  EISDIR: 'it is a folder',
};

function wordsFor(error: unknown): string {
  const code = isSystemError(error) ? error.code : '';
  const known = words[code];
  return known === undefined ? `${code || 'unknown reason'}.` : `${known} (${code}).`;
}
