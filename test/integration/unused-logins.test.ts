import { defaultLifetimes, type Grant, GrantStore } from '@ravi/credentials';
import { connectedRedis } from '../support/connected-redis.ts';
import { World } from '../support/credential-world.ts';

const { redis } = await connectedRedis();

test('one login more than an account may have ends the one that was not used for the longest time', async () => {
  const world = new World(redis, 3);
  const { id, identity } = await world.person();
  const epoch = (await world.accounts.standing(id))?.account.epoch ?? '';
  const logins: Grant[] = [];
  for (let count = 0; count < 3; count++) {
    const { grant, surplus } = await world.redeem(id, epoch, identity, 'account');
    expect(surplus).toBeNull();
    logins.push(grant);
  }
  const [first, second] = logins;
  const used = first && (await world.grants.find(first.id));
  if (!used || !second) throw new Error('The login is gone.');
  await world.grants.noteUse(used, Date.now() + 60_000);
  expect((await world.redeem(id, epoch, identity, 'account')).surplus).toBe(second.id);
});

test('the page of an account fills up from behind where logins have ended, which leave its list', async () => {
  const world = new World(redis);
  const { id, identity } = await world.person();
  const epoch = (await world.accounts.standing(id))?.account.epoch ?? '';
  const logins: Grant[] = [];
  for (let count = 0; count < 4; count++)
    logins.push((await world.redeem(id, epoch, identity, 'account')).grant);
  const ids = logins.map((grant) => grant.id).toReversed();
  for (const ended of ids.slice(0, 2)) await redis.del(`${world.prefix}ravi:grant:{${ended}}`);
  const view = { id, epoch, identityUuids: new Set([identity]) };
  const page = await world.grants.page(view, { offset: 0, count: 2 }, Date.now() + 120_000);
  expect(page.entries.map((grant) => grant.id)).toEqual(ids.slice(2));
  expect(page.total).toBe(2);
});

/** A login whose key has made another one: that is for the account, the other for an identity, so that each is in a list of its own. */
async function logInAndMakeKey() {
  const world = new World(redis);
  const { id, identity } = await world.person();
  const epoch = (await world.accounts.standing(id))?.account.epoch ?? '';
  const { grant, keys } = await world.redeem(id, epoch, identity, 'account');
  const parent = keys[0]?.record.id ?? '';
  const child = await world.makeKey(grant, [parent], 'identity');
  return { world, epoch, grant, parent, child };
}

/** @shows forgotten program */
test('a login that is not used leaves Redis after PROGRAM_IDLE_DAYS, and each use of a key keeps all that it hangs on', async () => {
  const { world, epoch, grant, parent, child } = await logInAndMakeKey();
  const records = [`ravi:grant:{${grant.id}}`, `ravi:key:${parent}`, `ravi:key:${child.record.id}`];
  // The records, and the lists of them.
  const lists = await redis.keys(`${world.prefix}ravi:account-*`);
  expect(lists).toHaveLength(4);
  for (const key of [...records.map((record) => world.prefix + record), ...lists]) {
    expect(await redis.pttl(key)).toBeGreaterThan(defaultLifetimes.programIdleMs - 60_000);
    expect(await redis.pttl(key)).toBeLessThanOrEqual(defaultLifetimes.programIdleMs);
    await redis.pexpire(key, 100_000);
  }
  const [api = world.api()] = world.apis;
  const found = await api.findKey(child.hash);
  if (!found) throw new Error('The key is dead.');
  const usedAtMs = Date.now();
  const noteUse = () => world.apiKeys.noteUse(found.key, found.ancestors, epoch, usedAtMs);
  await world.grants.noteUse(found.grant, usedAtMs);
  // Once it is told that it was the first use.
  expect([await noteUse(), await noteUse()]).toEqual([true, false]);
  for (const key of [...records.map((record) => world.prefix + record), ...lists]) {
    const ttlMs = await redis.pttl(key);
    expect([key, ttlMs > 100_000, ttlMs <= defaultLifetimes.programIdleMs]).toEqual([key, true, true]);
  }
  // The key that made the one that was used was not used itself.
  const uses = records.map((record) => redis.hget(world.prefix + record, 'last_used_at'));
  expect(await Promise.all(uses)).toEqual([String(usedAtMs), null, String(usedAtMs)]);
});

/** @shows forgotten program */
test('a key without end that made one for an hour stays while that one is used as if it were used itself', async () => {
  const { world, epoch, parent, child } = await logInAndMakeKey();
  const [made, maker] = [
    await world.apiKeys.find(child.record.id, Date.now()),
    await world.apiKeys.find(parent, Date.now()),
  ];
  if (!made || !maker) throw new Error('A key is dead.');
  const key = `${world.prefix}ravi:key:${parent}`;
  await redis.pexpire(key, 100_000);
  const nowMs = Date.now();
  await world.apiKeys.noteUse({ ...made, expiresAtMs: nowMs + 3_600_000 }, [maker], epoch, nowMs);
  expect(await redis.pttl(key)).toBeGreaterThan(defaultLifetimes.programIdleMs - 60_000);
});

test('where PROGRAM_IDLE_DAYS is lowered, a login of before stays in the list of its account for as long as it lives', async () => {
  const world = new World(redis);
  const { id, identity } = await world.person();
  const epoch = (await world.accounts.standing(id))?.account.epoch ?? '';
  const { grant, keys } = await world.redeem(id, epoch, identity, 'account');
  const place = world.accounts.epochPlace(id, epoch, identity);
  const lowered = new GrantStore(redis, { prefix: world.prefix, idleMs: 86_400_000 });
  const another = world.issued(id, epoch, identity, 'account');
  await lowered.add(another.grant, another.keys, place, Date.now());
  const stored = await lowered.find(another.grant.id);
  if (!stored) throw new Error('The login is gone.');
  await lowered.noteUse(stored, Date.now());
  const lists = await redis.keys(`${world.prefix}ravi:account-*`);
  expect(lists).toHaveLength(3);
  const longest = defaultLifetimes.programIdleMs - 60_000;
  const former = [`ravi:grant:{${grant.id}}`, `ravi:key:${keys[0]?.record.id}`];
  for (const key of [...former.map((record) => world.prefix + record), ...lists])
    expect([key, (await redis.pttl(key)) > longest]).toEqual([key, true]);
});

/** @shows incomplete end */
test('what is granted stands only while the account is in the epoch of the approval and has the identity that was chosen', async () => {
  const world = new World(redis);
  const { id, identity } = await world.person();
  const epoch = (await world.accounts.standing(id))?.account.epoch ?? '';
  const stands = async (...terms: [string, string]) => (await world.redeem(id, ...terms, 'account')).stands;
  expect([await stands(epoch, ''), await stands(epoch, identity)]).toEqual([true, true]);
  expect([await stands(epoch, 'another'), await stands('1', identity), await stands('1', '')]).toEqual([
    false,
    false,
    false,
  ]);
});
