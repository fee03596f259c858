import type { Credentials } from '../credentials.ts';

/** Where one login is kept. Rejects with a `LoginError` where it cannot read or write. */
export interface CredentialStore {
  /** What is kept; null where nothing is. */
  read(): Promise<Credentials | null>;
  write(credentials: Credentials): Promise<void>;
  /** Forgets the login. */
  clear(): Promise<void>;
  /** Rejects where nothing could be kept; changes nothing. */
  probe(): Promise<void>;
  /** Runs the work alone among all processes that use this store. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}
