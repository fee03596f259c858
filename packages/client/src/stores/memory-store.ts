import type { Credentials } from '../credentials.ts';
import type { CredentialStore } from './credential-store.ts';

/** Keeps the login as long as the process lives. */
export function memoryStore(): CredentialStore {
  let kept: Credentials | null = null;
  let last: Promise<unknown> = Promise.resolve();
  return {
    read: async () => kept,
    write: async (credentials) => {
      kept = credentials;
    },
    clear: async () => {
      kept = null;
    },
    probe: async () => undefined,
    exclusively: (work) => {
      const result = last.then(work);
      last = result.catch(() => undefined);
      return result;
    },
  };
}
