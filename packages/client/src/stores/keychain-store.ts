import { join } from 'node:path';
import { type Credentials, readCredentials, writeCredentials } from '../credentials.ts';
import { LoginError } from '../login-error.ts';
import { safeText } from '../safe-text.ts';
import type { CredentialStore } from './credential-store.ts';
import { takeTurns } from './take-turns.ts';

export interface KeychainStoreOptions {
  /** The program's name, as the keychain shows it. */
  readonly service: string;
  /** The name of this login among the program's others, such as the server's address. */
  readonly account: string;
  /** A folder of the program's own, in which its processes take turns. Holds no secret. */
  readonly lockFolder: string;
  /** Longest wait for other processes that use the login. Default: a minute. */
  readonly lockWaitMs?: number;
  /** For tests: how `@napi-rs/keyring` is loaded. */
  readonly load?: () => Promise<Keyring>;
}

/** An entry of the system's keychain. */
export interface KeyringEntry {
  getPassword(): string | null;
  setPassword(password: string): void;
  deletePassword(): boolean;
}

/** The part of `@napi-rs/keyring` that is used. */
export interface Keyring {
  readonly Entry: new (service: string, account: string) => KeyringEntry;
}

const loadKeyring = (): Promise<Keyring> => import('@napi-rs/keyring');

/**
 * Keeps the login in the system's keychain, by the optional package `@napi-rs/keyring`. Rejects where there is none, as on most machines
 * without a screen; never keeps it in a file instead: that is for the program to choose. The keychain of Windows takes 1,280 characters, fewer
 * than a login with tokens of this service has. This is noticed only once a login is granted, which is then ended again.
 */
export function keychainStore({
  service,
  account,
  lockFolder,
  lockWaitMs,
  load = loadKeyring,
}: KeychainStoreOptions): CredentialStore {
  const name = encodeURIComponent(account).replaceAll('%', '_');

  /** Runs something with an entry; the library's errors name no secret. */
  const withEntry = async <T>(work: (entry: KeyringEntry) => T, entryAccount = account): Promise<T> => {
    const { Entry } = await load().catch((error: unknown) => {
      throw unusable('the package @napi-rs/keyring is not installed', error);
    });
    try {
      return work(new Entry(service, entryAccount));
    } catch (error) {
      throw unusable(error instanceof Error ? safeText(error.message) : 'unknown reason', error);
    }
  };

  return {
    read: async () => {
      const text = await withEntry((entry) => entry.getPassword());
      if (text === null) return null;
      const credentials = readCredentials(text);
      if (credentials) return credentials;
      throw new LoginError(
        'store_corrupted',
        `The keychain's entry "${service}" holds no login: delete it and log in again.`,
      );
    },
    write: (credentials: Credentials) =>
      withEntry((entry) => entry.setPassword(writeCredentials(credentials))),
    clear: () =>
      withEntry((entry) => (entry.getPassword() === null ? undefined : void entry.deletePassword())),
    // Where nothing can be kept, reading gives null all the same: only writing tells.
    probe: () =>
      withEntry((entry) => {
        entry.setPassword('probe');
        entry.deletePassword();
      }, `${account} (probe)`),
    exclusively: (work) => takeTurns(join(lockFolder, `${name}.lock`), lockWaitMs, work),
  };
}

function unusable(reason: string, cause: unknown): LoginError {
  return new LoginError(
    'store_unusable',
    `The system's keychain cannot be used: ${reason}. Choose a file instead: store: fileStore(path), or --store file.`,
    { cause },
  );
}
