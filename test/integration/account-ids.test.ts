import { randomUUID } from 'node:crypto';
import { AccountStore } from '@ravi/accounts';
import { NewerFormat } from '@ravi/runtime';
import { loadScript, replyWords, runScript } from '@ravi/redis';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();

const person = () => ({
  email: `${randomUUID()}@example.com`,
  passwordHash: 'hash',
  firstName: '',
  lastName: '',
  identityEmailDomain: 'drawn.test',
});

/** @shows ASVS V10.3.3, restored copy, lost data */
test('account ids are drawn from 1 to 2^53 - 1, evenly: nothing of those that are there, or were, leads to the next', async () => {
  const accounts = new AccountStore(redis, `test:${randomUUID()}:`);
  const made = await Promise.all(Array.from({ length: 200 }, () => accounts.create(person(), 1)));
  const ids = made.map((account) => account?.id ?? 0);
  expect(ids.every((id) => Number.isSafeInteger(id) && id >= 1)).toBe(true);
  expect(new Set(ids).size).toBe(200);
  // In each quarter of the range about 50 of 200: fewer than 20 happens once in ten million runs.
  const quarters = [0, 1, 2, 3].map(
    (quarter) => ids.filter((id) => Math.floor(id / 2 ** 51) === quarter).length,
  );
  expect(Math.min(...quarters)).toBeGreaterThanOrEqual(20);
});

test('of all who take one id at once one gets it, and nobody while an account has it', async () => {
  const reserve = loadScript(new URL('../../packages/accounts/src/lua/reserve-account.lua', import.meta.url));
  const prefix = `test:${randomUUID()}:`;
  const accounts = new AccountStore(redis, prefix);
  const take = async (id: number) =>
    replyWords(await runScript(redis, reserve, `${prefix}ravi:account:${id}`, 60))[0];
  const words = await Promise.all(Array.from({ length: 20 }, () => take(17)));
  expect(words.filter((word) => word === 'reserved')).toHaveLength(1);
  const { id = 0 } = (await accounts.create(person(), 1)) ?? {};
  expect(await take(id)).toBe('taken');
  expect((await accounts.read(id))?.account.id).toBe(id);
});

test('an id that was taken and never written is free again after a minute, and is no account meanwhile', async () => {
  const prefix = `test:${randomUUID()}:`;
  const accounts = new AccountStore(redis, prefix);
  const taken = person();
  await accounts.create(taken, 1);
  // The address is taken: the id that was drawn for it is not written.
  const before = await redis.keys(`${prefix}ravi:account:*`);
  expect(await accounts.create({ ...taken, email: taken.email.toUpperCase() }, 1)).toBeNull();
  const both = await Promise.all([
    accounts.create({ ...taken, email: 'two@x.test' }, 1),
    accounts.create({ ...taken, email: 'two@x.test' }, 1),
  ]);
  expect(both.filter((account) => account !== null)).toHaveLength(1);
  const left = (await redis.keys(`${prefix}ravi:account:*`)).filter((key) => !before.includes(key));
  for (const key of left) {
    const id = Number(key.split(':').at(-1));
    const isAccount = both.some((account) => account?.id === id);
    const ttlSeconds = await redis.ttl(key);
    expect(isAccount ? ttlSeconds === -1 : ttlSeconds > 0 && ttlSeconds <= 60).toBe(true);
    expect((await accounts.read(id)) !== null).toBe(isAccount);
  }
});

test('an address that was taken and never written is free again after a minute, and that of an account stays its', async () => {
  const prefix = `test:${randomUUID()}:`;
  const accounts = new AccountStore(redis, prefix);
  const ttlOfOnly = async () => redis.ttl((await redis.keys(`${prefix}ravi:sign-in:*`))[0] ?? '');
  expect(await accounts.reserve('ada@x.test', 1, 'hash')).toBe(true);
  expect(await accounts.reserve('Ada@x.test', 2, 'hash')).toBe(false);
  expect(await ttlOfOnly()).toBeGreaterThan(0);
  expect(await ttlOfOnly()).toBeLessThanOrEqual(60);
  await redis.del(...(await redis.keys(`${prefix}*`)));
  const account = await accounts.create({ ...person(), email: 'ada@x.test' }, 1);
  expect(await ttlOfOnly()).toBe(-1);
  expect(await redis.ttl(`${prefix}ravi:account:${account?.id}`)).toBe(-1);
});

test('an account that a newer release wrote is left alone', async () => {
  const prefix = `test:${randomUUID()}:`;
  const accounts = new AccountStore(redis, prefix);
  const { id = 0 } = (await accounts.create(person(), 1)) ?? {};
  await redis.hset(`${prefix}ravi:account:${id}`, 'v', '99');
  await expect(accounts.read(id)).rejects.toThrow(NewerFormat);
  await expect(accounts.standing(id)).rejects.toThrow(NewerFormat);
});
