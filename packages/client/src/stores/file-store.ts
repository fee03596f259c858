import { chmod, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Credentials, readCredentials, writeCredentials } from '../credentials.ts';
import { LoginError } from '../login-error.ts';
import type { CredentialStore } from './credential-store.ts';
import { isSystemError, wordsFor } from './system-errors.ts';
import { takeTurns } from './take-turns.ts';

export interface FileStoreOptions {
  /** Longest wait for other processes that use the file. Default: a minute. */
  readonly lockWaitMs?: number;
}

/**
 * Keeps the login in a file that its owner alone can read (0600, a new folder 0700), written whole or not at all. Processes take turns by a
 * folder `….lock` beside it. The file holds usable tokens: keep it out of backups and images.
 */
export function fileStore(path: string, { lockWaitMs }: FileStoreOptions = {}): CredentialStore {
  const file = resolve(path);
  const folder = dirname(file);
  const temporaryPrefix = `.${basename(file)}.`;

  const prepareFolder = (): Promise<unknown> => mkdir(folder, { recursive: true, mode: 0o700 });

  /** Does something with a file of this text beside the store's own. Leaves none there, unless that moved it. */
  const withTemporary = async (text: string, use: (temporary: string) => Promise<void>): Promise<void> => {
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
      await use(temporary);
    } finally {
      await rm(temporary).catch(() => undefined);
    }
  };

  const asStore = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const sentence = `${file} cannot be used: ${wordsFor(error)}`;
      throw new LoginError('store_unusable', sentence, { cause: error });
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
        await withTemporary(writeCredentials(credentials), (temporary) => rename(temporary, file));
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
        // Not empty: a full disk takes what is.
        await withTemporary('probe', async () => undefined);
      }),

    exclusively: (work) => takeTurns(`${file}.lock`, lockWaitMs, work),
  };
}
