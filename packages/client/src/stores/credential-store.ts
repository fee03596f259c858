import type { Credentials } from '../credentials.ts';

/** Stores one login. Rejects with a `LoginError` if it cannot read or write. */
export interface CredentialStore {
  /** The stored login; null if there is none. */
  read(): Promise<Credentials | null>;
  write(credentials: Credentials): Promise<void>;
  /** Forgets the login. */
  clear(): Promise<void>;
  /** Rejects where nothing could be kept; changes nothing. */
  probe(): Promise<void>;
  /** Runs the work alone among all processes that use this store. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}
