import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CredentialStore, fileStore, keychainStore } from '@ravi/client';

/** Where a login is kept. */
export type StoreName = 'file' | 'keychain';

/** The last login, which calls without `--server` and `--store` use. It contains no secret. */
export interface LastLogin {
  readonly server: string;
  readonly store: StoreName;
}

export function storeFor(folder: string, { server, store }: LastLogin): CredentialStore {
  return store === 'keychain'
    ? keychainStore({ service: 'ravi-login', account: server, lockFolder: folder })
    : fileStore(fileFor(folder, server));
}

/** The file of a server's login: its name for people, a digest so that no two are one. */
export function fileFor(folder: string, server: string): string {
  const name = new URL(server).host.replaceAll(/[^\w.-]/g, '_');
  const digest = createHash('sha256').update(server).digest('hex').slice(0, 8);
  return join(folder, `${name}-${digest}.json`);
}

/** The last login; null if there was none, or its note cannot be read. */
export function readLastLogin(folder: string): LastLogin | null {
  try {
    const found: unknown = JSON.parse(readFileSync(noteIn(folder), 'utf8'));
    const { server, store }: { server?: unknown; store?: unknown } =
      typeof found === 'object' && found !== null ? found : {};
    const isStore = store === 'file' || store === 'keychain';
    return typeof server === 'string' && URL.canParse(server) && isStore ? { server, store } : null;
  } catch {
    return null;
  }
}

export function writeLastLogin(folder: string, login: LastLogin): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = `${noteIn(folder)}.${randomUUID()}`;
  writeFileSync(temporary, JSON.stringify(login), { mode: 0o600 });
  renameSync(temporary, noteIn(folder));
}

function noteIn(folder: string): string {
  return join(folder, 'last-login.json');
}
