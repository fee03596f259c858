import { randomUUID } from 'node:crypto';
import { TokenVerifier } from '@ravi/credentials';
import { Credentials } from '../../services/api/src/access/credentials.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { by, claimsOf, World } from '../support/credential-world.ts';
import { eventually } from '../support/eventually.ts';

const { redis } = await connectedRedis();

/** A login with its keys, a key that one of them made, and an api that has seen all of them. */
async function logIn() {
  const world = new World(redis);
  const { id, identity } = await world.person();
  const epoch = (await world.accounts.standing(id))?.account.epoch ?? '';
  const { grant, keys } = await world.redeem(id, epoch, identity, 'account');
  const [management, own] = keys;
  if (!management || !own) throw new Error('Keys are missing.');
  const made = await world.makeKey(grant, [management.record.id], 'management');
  const knowing = world.api();
  const aliveAt = async (api: Credentials) => {
    const found = await Promise.all([
      api.findKey(management.hash),
      api.findKey(made.hash),
      api.findKey(own.hash),
      api.findGrant(claimsOf(grant)),
    ]);
    return found.map((each) => each !== null);
  };
  /** Which live: the key of the account, the one that it made, that of the identity, and the tokens. */
  const alive = async () => {
    const [known, fresh] = [await aliveAt(knowing), await aliveAt(world.api())];
    expect(known).toEqual(fresh);
    return fresh;
  };
  expect(await alive()).toEqual([true, true, true, true]);
  const grantKey = `${world.prefix}ravi:grant:{${grant.id}}`;
  return { world, id, identity, epoch, grant, management, made, alive, grantKey };
}
type LoggedIn = Awaited<ReturnType<typeof logIn>>;

const nothing = [false, false, false, false];

/** @shows incomplete end */
test.each<[string, (its: LoggedIn) => Promise<unknown>, readonly boolean[]]>([
  ['the login has ended', ({ world, grant, id }) => world.grants.end(grant.id, id, 'revoked'), nothing],
  ['its time is over', ({ grantKey }) => redis.hset(grantKey, 'expires_at', Date.now()), nothing],
  ['the login is of another account', ({ grantKey, id }) => redis.hset(grantKey, 'user_id', id + 1), nothing],
  ['all of the account has ended', ({ world, id }) => world.accounts.end(id, 'grants'), nothing],
  ['the account is gone', ({ world, id }) => redis.del(`${world.prefix}ravi:account:${id}`), nothing],
  [
    'the key that made another one has ended',
    ({ world, management, id }) => world.apiKeys.revoke(management.record.id, id, 'revoked'),
    [false, false, true, true],
  ],
  [
    'a key that was made has ended',
    ({ world, made, id }) => world.apiKeys.revoke(made.record.id, id, 'revoked'),
    [true, false, true, true],
  ],
  [
    'the identity is gone',
    ({ world, id, identity }) => redis.hdel(`${world.prefix}ravi:account:${id}`, `identity:${identity}`),
    [true, true, false, true],
  ],
  [
    'its time is not over',
    ({ grantKey }) => redis.hset(grantKey, 'expires_at', Date.now() + 60_000),
    [true, true, true, true],
  ],
])('where %s, what belongs to it dies at every api, and nothing else', async (_, ends, left) => {
  const its = await logIn();
  await ends(its);
  expect(await its.alive()).toEqual(left);
});

test('the first use of a key is told once, with the address, and every use keeps the login', async () => {
  const { world, management, grant, grantKey } = await logIn();
  const told: string[] = [];
  const api = new Credentials({
    tokenVerifier: new TokenVerifier({ issuer: 'test', publishedKeys: { list: () => Promise.resolve([]) } }),
    accountStore: world.accounts,
    grants: world.grants,
    apiKeys: world.apiKeys,
    recordsReplicas: 0,
    clock: { nowMs: () => Date.now() },
    onFirstUse: ({ id }, address) => told.push(`${id} from ${address}`),
  });
  const found = await api.findKey(management.hash);
  if (found === null) throw new Error('The key is dead.');
  api.noteUse(found, '192.0.2.1');
  await eventually('the first use is told', () => told.length > 0);
  expect(told).toEqual([`${management.record.id} from 192.0.2.1`]);
  // Of the same minute, and of a later one.
  for (const lastUsedAtMs of [null, 1]) {
    await redis.hdel(grantKey, 'last_used_at');
    api.noteUse({ ...found, key: { ...found.key, lastUsedAtMs } }, '192.0.2.2');
    await eventually('the use is noted', async () => redis.hget(grantKey, 'last_used_at'));
  }
  expect(told).toHaveLength(1);
  await redis.hdel(grantKey, 'last_used_at');
  const { account } = found;
  const stored = await world.grants.find(grant.id);
  if (stored === null) throw new Error('The login is gone.');
  const claims = { ...claimsOf(grant), scope: 'account' } as never;
  api.noteUse({ kind: 'access', claims, grant: stored, account }, '192.0.2.1');
  await eventually('the use of a token is noted', async () => redis.hget(grantKey, 'last_used_at'));
  expect(told).toHaveLength(1);
});

test('a key that is used every day keeps the key that made it, and all before it, though nobody uses those', async () => {
  const { world, grant, management, made } = await logIn();
  const youngest = await world.makeKey(grant, [made.record.id, management.record.id], 'identity');
  const records = [management, made, youngest].map(({ record }) => `${world.prefix}ravi:key:${record.id}`);
  for (const record of records) await redis.pexpire(record, 100_000);
  const api = world.api();
  const found = await api.findKey(youngest.hash);
  if (found === null) throw new Error('The key is dead.');
  api.noteUse(found, '192.0.2.1');
  await eventually('all of them are kept', async () => {
    const left = await Promise.all(records.map((record) => redis.pttl(record)));
    return left.every((ttlMs) => ttlMs > 100_000);
  });
  const uses = records.slice(0, 2).map((record) => redis.hget(record, 'last_used_at'));
  expect(await Promise.all(uses)).toEqual([null, null]);
});

test('an end is noted once, told again to whoever asks again, cleared, and of nobody else’s login', async () => {
  const { world, id, grant, alive } = await logIn();
  const { revocation } = world;
  expect(await revocation.endGrant(by(id + 1), grant.id, 'not_me')).toBe(false);
  expect(await revocation.endGrant(by(id), randomUUID(), 'not_me')).toBe(false);
  expect(await alive()).toEqual([true, true, true, true]);
  expect(world.events).toEqual([]);
  expect(await revocation.endGrant(by(id), grant.id, 'not_me')).toBe(true);
  expect(await revocation.endGrant(by(id), grant.id, 'not_me')).toBe(true);
  expect(world.events).toEqual(['grant_ended']);
  await revocation.close();
  expect((await world.keysInRedis()).filter((key) => /^ravi:(key|account-)/.test(key))).toEqual([]);
});

test('the end of a key, and of all, is noted once, and what ended is cleared', async () => {
  const { world, id, epoch, management, made } = await logIn();
  const { revocation, apiKeys } = world;
  const key = await apiKeys.find(management.record.id, Date.now());
  if (key === null) throw new Error('The key is dead.');
  expect(await revocation.endKey(by(id), key, epoch, 'revoked')).toBe(true);
  expect(await revocation.endKey(by(id), key, epoch, 'revoked')).toBe(false);
  expect(world.events).toEqual(['key_revoked']);
  await revocation.close();
  const lists = await redis.keys(`${world.prefix}ravi:account-*`);
  const members = await Promise.all(lists.map((list) => redis.zrange(list, '0', '-1')));
  expect(members.flat()).not.toContain(management.record.id);
  expect(members.flat()).toContain(made.record.id);
  await revocation.endAll(by(id));
  await revocation.endAll(by(id + 1));
  expect(world.events).toEqual(['key_revoked', 'all_ended']);
  await revocation.close();
  const left = (await world.keysInRedis()).filter((name) => /^ravi:(key|grant|account-)/.test(name));
  // What ended before stays for a while, so that nothing brings it back.
  expect(left).toEqual([`ravi:key:${management.record.id}`]);
});
