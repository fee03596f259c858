import {
  ApiKeyStore,
  findKeysByPrefix,
  type Grant,
  GrantStore,
  readPage,
  removeCredentialTraces,
  unusedGrants,
} from '@ravi/credentials';
import type { RedisClient } from '@ravi/redis';
import { connectedRedis } from '../support/connected-redis.ts';
import { World } from '../support/credential-world.ts';
import { redisWith } from '../support/redis-with.ts';

const { redis } = await connectedRedis();

/** A person who can log in as often as is wanted. */
async function person(world = new World(redis)) {
  const { id, identity } = await world.person();
  const epoch = (await world.accounts.standing(id))?.account.epoch ?? '';
  const view = { id, epoch, identityUuids: new Set([identity]) };
  const logIn = () => world.redeem(id, epoch, identity, 'account');
  const grantKey = ({ id: grant }: Grant) => `${world.prefix}ravi:grant:{${grant}}`;
  return {
    world,
    id,
    identity,
    epoch,
    view,
    logIn,
    grantKey,
    index: `${world.prefix}ravi:account-grants:${id}:${epoch}`,
  };
}

const ids = (entries: readonly { readonly id: string }[]) => entries.map(({ id }) => id);

test('a page has as many entries as were asked for, beginning where it was asked, and is filled up five times', async () => {
  const { world, view, logIn, index } = await person();
  const logins: string[] = [];
  for (let count = 0; count < 4; count++) logins.unshift((await logIn()).grant.id);
  const page = (offset: number, count: number) => world.grants.page(view, { offset, count }, Date.now());
  const middle = await page(1, 2);
  expect([ids(middle.entries), middle.total]).toEqual([logins.slice(1, 3), 4]);
  expect(ids((await page(3, 2)).entries)).toEqual(logins.slice(3));
  expect((await page(4, 2)).entries).toEqual([]);

  let read = 0;
  const none = async () => {
    read++;
    return null;
  };
  expect(
    await readPage(redis, index, { offset: 0, count: 3 }, 'first', () => Promise.resolve(1), Date.now()),
  ).toEqual({
    entries: [1, 1, 1],
    total: 4,
  });
  for (let gone = 0; gone < 6; gone++) await redis.zadd(index, gone, `gone ${gone}`);
  expect(await readPage(redis, index, { offset: 0, count: 1 }, 'first', none, Date.now())).toEqual({
    entries: [],
    total: 5,
  });
  expect([read, await redis.zcard(index)]).toEqual([5, 5]);
});

/** @shows forgotten program */
test('what is new stays in its list though its record is not there yet, or its identity was created after the account was read', async () => {
  const { world, id, epoch, view, logIn, index, grantKey } = await person();
  const { grant, keys } = await logIn();
  const [key = ''] = keys.filter(({ record }) => record.kind === 'identity').map(({ record }) => record.id);
  const all = { offset: 0, count: 10 };
  const listed = async (of = view, nowMs = Date.now()) => {
    const [logins, identityKeys] = await Promise.all([
      world.grants.page(of, all, nowMs),
      world.apiKeys.page(of, 'identity', all, nowMs),
    ]);
    return [...ids(logins.entries), ...ids(identityKeys.entries)];
  };
  const before = { ...view, identityUuids: new Set<string>() };
  expect(await listed(before)).toEqual([grant.id]);
  // As on a Cluster, where another shard holds the record.
  const notYet = `${world.prefix}not yet`;
  await redis.rename(grantKey(grant), notYet);
  expect(await listed()).toEqual([]);
  const unused = { idleMs: 86_400_000, withinMs: 129_600_000, prefix: world.prefix };
  for await (const one of unusedGrants(redis, Date.now(), unused))
    throw new Error(`${one.grant.id} is told.`);
  await redis.rename(notYet, grantKey(grant));
  expect(await listed()).toEqual([grant.id, key]);

  // Delivered once more, ten minutes later, it is new again; a minute after that it is gone for good.
  const againMs = Date.now() + 600_000;
  await world.grants.add(grant, keys, world.accounts.epochPlace(id, epoch, ''), againMs);
  await redis.del(grantKey(grant));
  expect(await listed(view, againMs + 60_000)).toEqual([]);
  expect(await redis.zcard(index)).toBe(1);
  expect(await listed(view, againMs + 60_001)).toEqual([]);
  expect(await redis.zcard(index)).toBe(0);
});

/** @shows forgotten program */
test('a key that its program collects minutes after it was made is as new in its lists as one that was just made', async () => {
  const { world, id, identity, epoch, view } = await person();
  const { grant, keys } = world.issued(id, epoch, identity, 'account');
  const nowMs = Date.now() + 600_000;
  await world.grants.add(grant, keys, world.accounts.epochPlace(id, epoch, identity), nowMs);
  const listed = async (identityUuids: ReadonlySet<string>) =>
    ids(
      (await world.apiKeys.page({ ...view, identityUuids }, 'identity', { offset: 0, count: 10 }, nowMs))
        .entries,
    );
  // Somebody looks who had read the account before its identity was created.
  expect(await listed(new Set())).toEqual([]);
  expect(await listed(view.identityUuids)).toHaveLength(1);
});

test('a key is in the lists of its account while all that it hangs on lives, and counts as made where a credential made it', async () => {
  const { world, id, epoch, view, logIn } = await person();
  const { apiKeys } = world;
  const { grant, keys } = await logIn();
  expect(await apiKeys.countMade(id, epoch)).toBe(0);
  const parent = await world.makeKey(grant, [], 'management');
  const child = await world.makeKey(grant, [parent.record.id], 'identity');
  expect(await apiKeys.countMade(id, epoch)).toBe(2);
  const nowMs = Date.now();
  const isAlive = async (key: { readonly record: { readonly id: string } }, of = view) =>
    (await apiKeys.findAlive(of, key.record.id, nowMs)) !== null;
  expect(await isAlive(child)).toBe(true);
  expect(await isAlive(child, { ...view, identityUuids: new Set<string>() })).toBe(false);
  expect(await isAlive(parent, { ...view, identityUuids: new Set<string>() })).toBe(true);
  expect(await isAlive(child, { ...view, epoch: 'another' })).toBe(false);
  expect(await isAlive(child, { ...view, id: id + 1 })).toBe(false);
  // As the api names them: the one that made it first, and where that came from behind it.
  const grandchild = await world.makeKey(grant, [child.record.id, parent.record.id], 'identity');
  expect(await isAlive(grandchild)).toBe(true);
  await apiKeys.revoke(parent.record.id, id, 'revoked');
  expect(await Promise.all([parent, child, grandchild].map((each) => isAlive(each)))).toEqual([
    false,
    false,
    false,
  ]);
  const [own] = keys;
  if (!own) throw new Error('The key is missing.');
  expect(await isAlive(own)).toBe(true);
  await world.grants.end(grant.id, id, 'revoked');
  expect(await isAlive(own)).toBe(false);
});

test('what ended is cleared, record by record, of this login or epoch alone; and what still lives is never', async () => {
  const { world, id, epoch, logIn } = await person();
  const { revocation, grants, apiKeys } = world;
  const [one, other] = [await logIn(), await logIn()];
  const made = await Promise.all([one, other].map(({ grant }) => world.makeKey(grant, [], 'management')));
  const left = async (pattern: RegExp) => (await world.keysInRedis()).filter((name) => pattern.test(name));
  const listed = async () => {
    const names = await left(/^ravi:account-/);
    const members = await Promise.all(names.map((name) => redis.zrange(world.prefix + name, '0', '-1')));
    return new Set(members.flat());
  };
  const before = await world.keysInRedis();
  // Told by a process that had seen an older copy of Redis: the login lives.
  await revocation.grantEndedByReuse(one.grant.id);
  await revocation.close();
  expect((await world.keysInRedis()).toSorted()).toEqual(before.toSorted());

  await grants.end(one.grant.id, id, 'refresh_reused');
  await revocation.grantEndedByReuse(one.grant.id);
  await revocation.close();
  const ofOther = [...other.grant.keyIds, made[1]?.record.id ?? ''];
  expect((await left(/^ravi:key:/)).toSorted()).toEqual(ofOther.map((key) => `ravi:key:${key}`).toSorted());
  expect(await listed()).toEqual(new Set([other.grant.id, ...ofOther]));

  await grants.clearEpoch(id, epoch);
  await apiKeys.clearEpoch(id, epoch);
  expect(await left(/^ravi:(key|account-)/)).toEqual([]);
  // What ended before its list was cleared stays for two days, so that no redemption brings it back.
  const [ended = ''] = await left(/^ravi:grant:/);
  expect(ended).toBe(`ravi:grant:{${one.grant.id}}`);
  const keptMs = await redis.pttl(world.prefix + ended);
  expect(keptMs).toBeGreaterThan(2 * 86_400_000 - 60_000);
  expect(keptMs).toBeLessThanOrEqual(2 * 86_400_000);
});

test('who dies while an ended epoch is cleared leaves no record that nothing lists', async () => {
  const { world, id, epoch, logIn } = await person();
  await logIn();
  const { prefix } = world;
  const dies = redisWith(redis, { unlink: () => Promise.reject(new Error('died')) });
  await expect(new GrantStore(dies, { prefix }).clearEpoch(id, epoch)).rejects.toThrow('died');
  await expect(new ApiKeyStore(dies, { prefix }).clearEpoch(id, epoch)).rejects.toThrow('died');
  await world.grants.clearEpoch(id, epoch);
  await world.apiKeys.clearEpoch(id, epoch);
  expect((await world.keysInRedis()).filter((name) => /^ravi:(grant|key):/.test(name))).toEqual([]);
});

test('who dies while an ended login is cleared leaves no key that nothing lists', async () => {
  const { world, id, epoch, logIn } = await person();
  const { grant } = await logIn();
  await world.makeKey(grant, [], 'management');
  const { prefix } = world;
  const dies = redisWith(redis, { unlink: () => Promise.reject(new Error('died')) });
  await expect(new ApiKeyStore(dies, { prefix }).clearGrant(grant, Date.now())).rejects.toThrow('died');
  await world.apiKeys.clearEpoch(id, epoch);
  expect((await world.keysInRedis()).filter((name) => name.startsWith('ravi:key:'))).toEqual([]);
});

test('replicas are waited for with every record of a login: its own, and those of its keys', async () => {
  const { world, logIn } = await person();
  const { grant } = await logIn();
  const awaited: string[] = [];
  const replicated = async (...keys: readonly string[]) => void awaited.push(...keys);
  const grants = new GrantStore(redis, { prefix: world.prefix, writes: { redis, replicated } });
  await grants.replicated(grant.id, grant.keyIds);
  const records = (await world.keysInRedis()).filter((name) => /^ravi:(grant|key):/.test(name));
  expect(awaited.toSorted()).toEqual(records.map((name) => world.prefix + name).toSorted());
  expect(records).toHaveLength(3);
});

test('a second use within a minute of the last one is not written', async () => {
  const { world, epoch, logIn, grantKey } = await person();
  const { grant, keys } = await logIn();
  const [key, stored] = [
    await world.apiKeys.find(keys[0]?.record.id ?? '', 0),
    await world.grants.find(grant.id),
  ];
  if (!key || !stored) throw new Error('The records are missing.');
  const nowMs = Date.now();
  await world.grants.noteUse({ ...stored, lastUsedAtMs: nowMs }, nowMs + 59_999);
  expect(await world.apiKeys.noteUse({ ...key, lastUsedAtMs: nowMs }, [], epoch, nowMs + 59_999)).toBeNull();
  const uses = [grantKey(grant), `${world.prefix}ravi:key:${key.id}`].map((name) =>
    redis.hget(name, 'last_used_at'),
  );
  expect(await Promise.all(uses)).toEqual([null, null]);
});

test('a use lets no list end sooner and lists no login that has left it, and what is delivered once more is as new as its last use', async () => {
  const { world, id, epoch, logIn, index } = await person();
  const { grant, keys } = await logIn();
  const stored = await world.grants.find(grant.id);
  const key = await world.apiKeys.find(keys[0]?.record.id ?? '', 0);
  if (!stored || !key) throw new Error('The records are missing.');
  const lists = (await redis.keys(`${world.prefix}ravi:account-*`)).filter((name) => !/session/.test(name));
  expect(lists).toHaveLength(3);
  // As where programs could rest for longer.
  const longMs = 3_650 * 86_400_000;
  for (const list of lists) await redis.pexpire(list, longMs);
  const usedMs = Date.now() + 120_000;
  await world.grants.noteUse(stored, usedMs);
  await world.apiKeys.noteUse(key, [], epoch, usedMs);
  for (const list of lists) expect(await redis.pttl(list)).toBeGreaterThan(longMs - 3_600_000);
  expect(await redis.zscore(index, grant.id)).toBe(String(usedMs));
  await world.grants.add(grant, keys, world.accounts.epochPlace(id, epoch, ''), usedMs - 60_000);
  expect(await redis.zscore(index, grant.id)).toBe(String(usedMs));
  await world.grants.unlist(grant);
  await world.grants.noteUse(stored, usedMs + 1);
  expect(await redis.zscore(index, grant.id)).toBeNull();
});

/** @shows forgotten program */
test('the logins are found that end unused before long, however many others there are; those that are gone leave their list', async () => {
  const { world, logIn, grantKey, index } = await person();
  const withinMs = 3_600_000;
  const nowMs = Date.now() + 120_000;
  const names = ['soon', 'later', 'ended', 'by its end', 'endless', 'used', 'gone'] as const;
  const logins = new Map<(typeof names)[number], Grant>();
  for (const name of names) logins.set(name, (await logIn()).grant);
  const grantOf = (name: (typeof names)[number]) => {
    const grant = logins.get(name);
    if (!grant) throw new Error('There is no such login.');
    return grant;
  };
  const keyOf = (name: (typeof names)[number]) => grantKey(grantOf(name));
  for (const name of names) await redis.pexpire(keyOf(name), withinMs - 60_000);
  await redis.pexpire(keyOf('later'), withinMs + 600_000);
  await redis.hset(keyOf('ended'), 'state', 'ended');
  await redis.hset(keyOf('by its end'), 'expires_at', nowMs + withinMs - 60_000);
  await redis.persist(keyOf('endless'));
  await redis.del(keyOf('gone'));
  const look = async () => {
    const found: string[] = [];
    for await (const { grant, endsInMs } of unusedGrants(redis, nowMs, {
      idleMs: withinMs - 60_000,
      withinMs,
      prefix: world.prefix,
    })) {
      expect(endsInMs).toBeGreaterThan(withinMs - 120_000);
      expect(endsInMs).toBeLessThanOrEqual(withinMs - 60_000);
      found.push(names.find((name) => grantOf(name).id === grant.id) ?? 'another');
    }
    return found;
  };
  // The last use counts, as far as the list has it: whoever used theirs since then is not even read.
  await redis.zadd(index, nowMs + 120_000, grantOf('used').id);
  expect(await look()).toEqual(['soon']);
  expect(await redis.zscore(index, grantOf('gone').id)).toBeNull();
  expect(await redis.zcard(index)).toBe(names.length - 1);
  // More than are read at a time, of which most are gone.
  for (let gone = 0; gone < 210; gone++) await redis.zadd(index, gone, `gone ${gone}`);
  expect(await look()).toEqual(['soon']);
  expect(await redis.zcard(index)).toBe(names.length - 1);
  // And where none is gone.
  expect(await look()).toEqual(['soon']);
});

/** @shows lost data */
test('what an account was granted is removed with it, and nothing of another', async () => {
  const world = new World(redis);
  const [one, other] = [await person(world), await person(world)];
  for (const { logIn } of [one, other]) await world.makeKey((await logIn()).grant, [], 'management');
  const all = await redis.keys(`${world.prefix}*`);
  const remove = () => removeCredentialTraces(redis, all, one.id, world.prefix);
  // A login with two keys, a key that was made, and the four lists of them.
  expect(await remove()).toBe(8);
  expect(await remove()).toBe(0);
  const left = await redis.keys(`${world.prefix}*`);
  const granted = left.filter((name) => /ravi:(grant|key|account-(grants|keys|made-keys)):/.test(name));
  expect(granted).toHaveLength(8);
  expect(await removeCredentialTraces(redis, all, other.id, world.prefix)).toBe(8);
});

test('a key that leaked is found by how it begins, once, though Redis names a record twice', async () => {
  const records: Readonly<Record<string, string>> = {
    one: 'ravi_mgmt_abcd',
    two: 'ravi_mgmt_efgh',
    three: 'ravi_mgmt_abcd',
  };
  const names = ['one', 'two', 'one', 'three'].map((id) => `test:ravi:key:${id}`);
  const scanning = {
    scan: () => Promise.resolve(['0', names]),
    hget: (name: string) => Promise.resolve(records[name.slice('test:ravi:key:'.length)] ?? null),
  } as unknown as RedisClient;
  const found: string[] = [];
  for await (const id of findKeysByPrefix(scanning, 'ravi_mgmt_abcd', 'test:')) found.push(id);
  expect(found).toEqual(['one', 'three']);
});
