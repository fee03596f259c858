import { randomUUID } from 'node:crypto';
import { DomainStore } from '@ravi/accounts';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();

test('a domain has the uuid and date with which it was seen first, at whichever api, also when all see it at once', async () => {
  const prefix = `test:${randomUUID()}:`;
  const apis = [new DomainStore(redis, prefix), new DomainStore(redis, prefix)];
  const seen = await Promise.all(apis.map((api, at) => api.list(['a.test', 'b.test'], 1_000 + at)));
  const [first = []] = seen;
  expect(seen[1]).toEqual(first);
  expect(first.map(({ domain }) => domain)).toEqual(['a.test', 'b.test']);
  expect(new Set(first.map(({ uuid }) => uuid)).size).toBe(2);
  expect(await apis[0]?.list(['b.test', 'a.test'], 9_000)).toEqual(first.toReversed());
});
