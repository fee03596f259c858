import { NotReplicated, type RecordWrites, type RedisClient } from '@ravi/redis';
import { defaultLifetimes } from '@ravi/credentials';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { storesThatWait } from '../../../test/support/stores-that-wait.ts';
import { openStores } from './stores.ts';

test('every store whose records are told as made, changed or ended waits for the replicas of RECORDS_REPLICAS', async () => {
  const redis = {} as RedisClient;
  const writes: RecordWrites = { redis, replicated: () => Promise.reject(new NotReplicated()) };
  // The api only reads the signing keys.
  const { publishedKeys: _, ...stores } = openStores(redis, writes, {
    publicUrl: 'https://login.example.com',
    lifetimes: defaultLifetimes,
    sessionLifetimes: { idleSeconds: 1, maxSeconds: 1 },
    keys: deriveServiceKeys(new Secret('a secret of a test that is long enough')),
  });
  const waiting = storesThatWait(stores);
  expect(waiting.map(([name]) => name)).toEqual(
    expect.arrayContaining(['accountStore', 'signInUndos', 'sessionStore', 'grants', 'apiKeys', 'mints']),
  );
  for (const [name, wait] of waiting)
    expect([name, await wait().catch((error: unknown) => error)]).toEqual([name, expect.any(NotReplicated)]);
});
