import { randomUUID } from 'node:crypto';
import { mintKey, MintStore, newMintId } from '@ravi/credentials';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();
const prefix = `test:${randomUUID()}:`;
const mints = new MintStore(redis, prefix);
const record = {
  kind: 'management',
  userId: 7,
  identityUuid: '',
  label: '',
  createdAtMs: 1,
  expiresAtMs: null,
  grantId: 'grant',
  ancestorIds: [],
} as const;
const request = { kind: 'key', record } as const;

/** An api instance asks for a key. */
async function begin() {
  const mintId = newMintId();
  await mints.beginKey({ mintId, wrappedKey: 'wrapped', secretHash: 'hash', instance: 'one' }, request);
  return { mintId, key: mintKey(mintId, prefix) };
}

const expectTtl = async (key: string, maxMs: number) => {
  const ttlMs = await redis.pttl(key);
  expect(ttlMs).toBeGreaterThan(0);
  expect(ttlMs).toBeLessThanOrEqual(maxMs);
};

test('a request for a key is answered once, the first answer stays for a moment, and nothing is left that opens it', async () => {
  const { mintId, key } = await begin();
  await expectTtl(key, 15_000);
  expect(await mints.readPending(mintId)).toMatchObject({
    wrappedKey: 'wrapped',
    secretHash: 'hash',
    request,
  });
  expect(await mints.check(mintId)).toEqual({ kind: 'open' });
  await redis.pexpire(key, 3_600_000);
  expect(await mints.settle(mintId, 'sealed')).toEqual({ kind: 'settled', again: false, waiters: ['one'] });
  expect(await mints.settle(mintId, 'another')).toEqual({ kind: 'settled', again: true, waiters: ['one'] });
  expect(await mints.check(mintId)).toEqual({ kind: 'settled', sealed: 'sealed' });
  expect(await mints.readPending(mintId)).toBeNull();
  expect(await redis.hexists(key, 'wrapped_key')).toBe(0);
  await expectTtl(key, 10_000);
  // What is withdrawn too late is answered all the same.
  expect(await mints.withdraw(mintId)).toBe('sealed');
});

test('a request that was withdrawn is served no more, and leaves nothing behind', async () => {
  const { mintId, key } = await begin();
  expect(await mints.withdraw(mintId)).toBeNull();
  expect(await mints.readPending(mintId)).toBeNull();
  expect(await mints.settle(mintId, 'sealed')).toEqual({ kind: 'refused', waiters: [] });
  expect(await redis.exists(key)).toBe(0);
});

test('a request that a newer release wrote is left for an issuer that reads it', async () => {
  const { mintId, key } = await begin();
  await redis.hset(key, 'params', JSON.stringify({ ...request, v: 2 }));
  await expect(mints.readPending(mintId)).rejects.toMatchObject({ code: 'newer_format' });
  expect(await redis.hget(key, 'state')).toBe('pending');
});

test('an issuer learns when a refresh was asked for, by the clock of Redis', async () => {
  const { mintId, key } = await begin();
  expect((await mints.readPending(mintId))?.askedAtMs).toBe(0);
  await redis.hset(key, 'asked_at', '5');
  expect((await mints.readPending(mintId))?.askedAtMs).toBe(5);
});
