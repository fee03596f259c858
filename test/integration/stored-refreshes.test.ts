import { randomUUID } from 'node:crypto';
import { grantKey } from '@ravi/credentials';
import { Redis } from 'ioredis';
import { connectedRedis } from '../support/connected-redis.ts';
import { eventually } from '../support/eventually.ts';
import { RefreshFamily } from '../support/refresh-family.ts';

const { redis, url } = await connectedRedis();
const subscriber = new Redis(url);
afterAll(() => subscriber.disconnect());

test('settling wakes every instance that waits for the pair, in the same step, and names only those that it could not wake', async () => {
  const family = await RefreshFamily.create(redis);
  const channels = ['one', 'two'].map((instance) => `${family.id}.${instance}`);
  const heard: string[] = [];
  subscriber.on('message', (channel: string, text: string) => heard.push(`${channel} ${text}`));
  await subscriber.subscribe(...channels);
  for (const instance of ['one', 'two']) await family.begin(family.firstJti, instance);

  const settlement = await family.settle(family.firstJti, `${family.id}.%s`);
  expect(settlement).toEqual({ kind: 'settled', again: false, waiters: [] });
  const mintId = family.mintId(family.firstJti);
  await eventually('both are woken', () => heard.length === 2);
  expect(heard.toSorted()).toEqual(channels.map((channel) => `${channel} ${mintId}`));

  const alone = await RefreshFamily.create(redis);
  await alone.begin(alone.firstJti, 'one');
  expect((await alone.settle(alone.firstJti)).waiters).toEqual(['one']);
});

const goOnFromAnother = (family: RefreshFamily) =>
  redis.hset(grantKey(family.id, family.prefix), 'refresh_jti', randomUUID());

test.each([
  ['has ended', (family: RefreshFamily) => family.end()],
  ['went on from another token', goOnFromAnother],
])(
  'where the login %s meanwhile, no pair is stored and the login stays as it is; who waits is told at once',
  async (_, happens) => {
    const family = await RefreshFamily.create(redis);
    const heard: string[] = [];
    const channel = `${family.id}.one`;
    subscriber.on('message', (from: string, text: string) => {
      if (from === channel) heard.push(text);
    });
    await subscriber.subscribe(channel);
    await family.begin(family.firstJti, 'one');
    await family.keepRequest(family.firstJti);
    await happens(family);
    const before = await family.copy();
    const settlement = await family.settle(family.firstJti, `${family.id}.%s`);
    expect(settlement).toEqual({ kind: 'refused', waiters: [] });
    await eventually('who waits is woken', () => heard.length > 0);
    expect(heard).toEqual([family.mintId(family.firstJti)]);
    expect(await family.copy()).toEqual(before);
    const { state, fields, ttlMs } = await family.requestFor(family.firstJti);
    expect(state).toEqual({ kind: 'refused' });
    expect(fields).not.toContain('wrapped_key');
    expect(ttlMs).toBeGreaterThan(0);
    expect(ttlMs).toBeLessThanOrEqual(30_000);
    expect(await family.settle(family.firstJti)).toEqual({ kind: 'refused', waiters: [] });
  },
);

test('a pair is stored once, nothing is left that opens it, and the login lives from then on', async () => {
  const family = await RefreshFamily.create(redis);
  const beganMs = Date.now();
  await redis.pexpire(grantKey(family.id, family.prefix), 60_000);
  await family.begin(family.firstJti, 'one');
  await family.keepRequest(family.firstJti);
  expect(await family.settle(family.firstJti)).toMatchObject({ kind: 'settled', again: false });
  const first = await family.requestFor(family.firstJti);
  expect(first.fields).not.toContain('wrapped_key');
  expect(first.ttlMs).toBeGreaterThan(0);
  expect(first.ttlMs).toBeLessThanOrEqual(30_000);
  const grantTtlMs = await redis.pttl(grantKey(family.id, family.prefix));
  expect(grantTtlMs).toBeGreaterThan(60_000);
  expect(grantTtlMs).toBeLessThanOrEqual(3_600_000);
  const { refreshed_at: refreshedAt } = await family.copy();
  expect(Number(refreshedAt)).toBeGreaterThanOrEqual(beganMs);
  expect(Number(refreshedAt)).toBeLessThanOrEqual(Date.now() + 1);
  expect(await family.settle(family.firstJti)).toEqual({ kind: 'settled', again: true, waiters: ['one'] });
  expect((await family.requestFor(family.firstJti)).state).toEqual(first.state);
});

test('a login tells when the refresh token expires that it has now, not the one that it had first', async () => {
  const family = await RefreshFamily.create(redis);
  const inTwoDaysMs = Date.now() + 2 * 86_400_000;
  expect(await family.refreshExpiresAtMs()).toBeLessThan(inTwoDaysMs);
  await family.begin(family.firstJti);
  await family.settle(family.firstJti, '', inTwoDaysMs);
  expect(await family.refreshExpiresAtMs()).toBe(inTwoDaysMs);
});

test('a request of a refresh is there for a moment only, also when another one joins it, and names each who waits once', async () => {
  const family = await RefreshFamily.create(redis);
  for (const instance of ['one', 'two', 'one']) {
    await family.begin(family.firstJti, instance);
    const { ttlMs } = await family.requestFor(family.firstJti);
    expect(ttlMs).toBeGreaterThan(0);
    expect(ttlMs).toBeLessThanOrEqual(15_000);
    await family.keepRequest(family.firstJti);
  }
  expect((await family.settle(family.firstJti)).waiters).toEqual(['one', 'two']);
});

const presentCopy = async (family: RefreshFamily) => {
  await family.present(family.firstJti);
  await family.pass(family.firstJti);
  await family.present(family.firstJti);
};

test.each([
  ['was ended', (family: RefreshFamily) => family.end()],
  ['ended because a copy was presented', presentCopy],
])('a login that %s is kept for two days more, with the time', async (_, ends) => {
  const family = await RefreshFamily.create(redis);
  const beganMs = Date.now();
  await ends(family);
  const { state, ended_at: endedAt } = await family.copy();
  expect(state).toBe('ended');
  expect(Number(endedAt)).toBeGreaterThanOrEqual(beganMs);
  expect(Number(endedAt)).toBeLessThanOrEqual(Date.now() + 1);
  const ttlMs = await redis.pttl(grantKey(family.id, family.prefix));
  expect(ttlMs).toBeGreaterThan(47 * 3_600_000);
  expect(ttlMs).toBeLessThanOrEqual(48 * 3_600_000);
});
