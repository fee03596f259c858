import type { RedisClient } from '@ravi/redis';
import { accountIndexes } from '../account-indexes.ts';
import { apiKeyFields } from './api-key-record.ts';
import { ApiKeyStore } from './api-key-store.ts';

const nowMs = Date.parse('2026-06-01T12:00:00Z');
const view = { id: 7, epoch: '5', identityUuids: new Set<string>() };

/** What stands in Redis, and the keys of which hashes were read, in order. */
let hashes: Map<string, Map<string, string>>;
let indexes: Map<string, string[]>;
let read: string[];

const redis = {
  hmget: async (key: string, ...fields: readonly string[]) => {
    read.push(key);
    return fields.map((field) => hashes.get(key)?.get(field) ?? null);
  },
  zrange: async (key: string, from: string, to: string) =>
    (indexes.get(key) ?? []).slice(Number(from), Number(to) + 1).flatMap((id) => [id, String(nowMs)]),
  zcard: async (key: string) => indexes.get(key)?.length ?? 0,
} as unknown as RedisClient;
const store = new ApiKeyStore(redis);

function write(id: string, grantId: string, ancestorIds: readonly string[] = [], state = 'active'): void {
  const fields = apiKeyFields(`hash of ${id}`, {
    id,
    kind: 'management',
    userId: view.id,
    identityUuid: '',
    label: id,
    prefix: `ravi_${id}`,
    createdAtMs: nowMs,
    expiresAtMs: null,
    grantId,
    ancestorIds,
  });
  const pairs = fields.flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1] ?? ''] as const] : []));
  hashes.set(`ravi:key:${id}`, new Map<string, string>([...pairs, ['state', state]]));
}

beforeEach(() => {
  read = [];
  indexes = new Map();
  const grant = (state: string, epoch: string) => new Map(Object.entries({ state, epoch }));
  hashes = new Map([
    ['ravi:grant:{one}', grant('active', view.epoch)],
    ['ravi:grant:{ended}', grant('ended', view.epoch)],
    ['ravi:grant:{former}', grant('active', '4')],
  ]);
});

const idsOf = (keys: readonly { readonly id: string }[]) => keys.map(({ id }) => id);

test('a list reads each key and each login once, however many of its keys belong to them', async () => {
  write('brought', 'one');
  write('revoked', 'one', [], 'revoked');
  write('first', 'one', ['brought']);
  for (let at = 0; at < 200; at++) write(`k${at}`, 'one', ['first', 'brought']);
  write('of-ended', 'ended');
  write('of-former', 'former');
  write('of-revoked', 'one', ['revoked']);
  const many = Array.from({ length: 200 }, (_, at) => `k${at}`);
  const listed = ['first', ...many, 'of-ended', 'of-former', 'of-revoked', 'gone'];
  const ofAccount = accountIndexes(view.id, view.epoch);
  indexes.set(ofAccount.madeKeys, listed);
  indexes.set(ofAccount.keys('management'), ['brought', 'revoked', ...listed]);

  expect(idsOf(await store.made(view, nowMs))).toEqual(['first', ...many]);
  // Beside what is listed, two keys from which others descend, and three logins.
  expect([read.length, new Set(read).size]).toEqual([listed.length + 5, listed.length + 5]);

  read = [];
  const page = await store.page(view, 'management', { offset: 0, count: 100 }, nowMs);
  expect(idsOf(page.entries)).toEqual(['brought', 'first', ...many.slice(0, 97)]);
  expect(read).toHaveLength(new Set(read).size);
});

test('a key that is looked at alone is read anew each time', async () => {
  write('k', 'one');
  expect((await store.findAlive(view, 'k', nowMs))?.id).toBe('k');
  hashes.get('ravi:grant:{one}')?.set('state', 'ended');
  expect(await store.findAlive(view, 'k', nowMs)).toBeNull();
  expect(read).toEqual(['ravi:key:k', 'ravi:grant:{one}', 'ravi:key:k', 'ravi:grant:{one}']);
});
