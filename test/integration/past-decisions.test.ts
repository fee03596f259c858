import { randomUUID } from 'node:crypto';
import { type LoginId, type PastDecision, PastDecisions } from '@ravi/device-login';
import { newestFormat } from '@ravi/runtime';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();

function remembered() {
  const prefix = `test:${randomUUID()}:`;
  const past = new PastDecisions(redis, prefix);
  const key = (userId: number) => `${prefix}ravi:account-decisions:${userId}`;
  return { past, key };
}

const of = (userId: number, login: string, clientName = 'agent'): PastDecision => ({
  loginId: login as LoginId,
  denied: false,
  clientName,
  clientId: '',
  decision: {
    userId,
    atMs: 1,
    wrongNumber: false,
    identityUuid: '',
    keyScope: 'account',
    keyTtlSeconds: null,
  },
});

test('the last twenty decisions of a person are remembered for a day after the last one, the newest first', async () => {
  const { past, key } = remembered();
  for (let at = 0; at < 21; at++) await past.note(of(7, `login ${at}`));
  const all = await past.all(7);
  expect(all.map(({ loginId }) => loginId)).toEqual(
    Array.from({ length: 20 }, (_, at) => `login ${20 - at}`),
  );
  const ttlMs = await redis.pttl(key(7));
  expect(ttlMs).toBeGreaterThan(23 * 3_600_000);
  expect(ttlMs).toBeLessThanOrEqual(24 * 3_600_000);
});

test('a decision is found by any of the ids that its code may have, the last one first, and by nobody else', async () => {
  const { past, key } = remembered();
  await past.note(of(7, 'mine', 'first'));
  await past.note(of(7, 'mine', 'second'));
  await past.note(of(8, 'theirs'));
  const find = (...ids: readonly string[]) => past.find(7, ids as LoginId[]);
  expect(await find('other', 'mine')).toMatchObject({ clientName: 'second' });
  expect(await find('theirs')).toBeNull();
  // One that a newer release remembered is left to it.
  await redis.lpush(key(7), JSON.stringify({ ...of(7, 'newer'), v: newestFormat + 1 }));
  expect(await past.all(7)).toHaveLength(2);
});
