import { GrantStore } from '@ravi/credentials';

interface WaitingStore {
  /** Whatever its record is named by, an id in front is enough. */
  replicated(id: string): Promise<void>;
}

/** Those of these stores that wait for replicas, by their names, and how each waits for a record. */
export function storesThatWait(stores: object): readonly (readonly [string, () => Promise<void>])[] {
  return Object.entries(stores)
    .filter((entry): entry is [string, WaitingStore | GrantStore] => isWaiting(entry[1]))
    .map(([name, store]) => [name, () => waitIn(store)] as const);
}

function waitIn(store: WaitingStore | GrantStore): Promise<void> {
  return store instanceof GrantStore ? store.replicated('7.7', []) : store.replicated('7.7');
}

function isWaiting(store: unknown): store is WaitingStore {
  return typeof store === 'object' && store !== null && 'replicated' in store;
}
