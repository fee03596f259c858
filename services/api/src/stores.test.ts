import { NotReplicated, type RecordWrites, type RedisClient, unconfirmedWrites } from '@ravi/redis';
import { defaultLifetimes } from '@ravi/credentials';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { storesThatWait } from '../../../test/support/stores-that-wait.ts';
import { openStores } from './stores.ts';

const settings = {
  publicUrl: 'https://login.example.com',
  lifetimes: defaultLifetimes,
  sessionLifetimes: { idleSeconds: 1, maxSeconds: 1 },
  keys: deriveServiceKeys(new Secret('a secret of a test that is long enough')),
};

test('every store whose records are told as made, changed or ended waits for the replicas of RECORDS_REPLICAS', async () => {
  const redis = {} as RedisClient;
  const writes: RecordWrites = { redis, replicated: () => Promise.reject(new NotReplicated()) };
  // The api only reads the signing keys.
  const { publishedKeys: _, ...stores } = openStores(redis, writes, settings);
  const waiting = storesThatWait(stores);
  expect(waiting.map(([name]) => name)).toEqual(
    expect.arrayContaining(['accountStore', 'signInUndos', 'sessionStore', 'grants', 'apiKeys', 'mints']),
  );
  for (const [name, wait] of waiting)
    expect([name, await wait().catch((error: unknown) => error)]).toEqual([name, expect.any(NotReplicated)]);
});

test('a signing key that no issuer holds any more verifies for as long as the operator lets refresh tokens rest', async () => {
  const [dayMs, heldAtMs] = [86_400_000, 1_800_000_000_000];
  const key = { one: '{"kid":"one"}', 'one:published_at': `${heldAtMs}`, 'one:held_at': `${heldAtMs}` };
  const redis = { hgetall: async () => key } as unknown as RedisClient;
  const lifetimes = { ...defaultLifetimes, refreshTokenIdleSeconds: 90 * 86_400 };
  const { publishedKeys } = openStores(redis, unconfirmedWrites(redis), { ...settings, lifetimes });
  expect(await publishedKeys.list(heldAtMs + 89 * dayMs)).toEqual([{ kid: 'one' }]);
  expect(await publishedKeys.list(heldAtMs + 90 * dayMs)).toEqual([]);
});
