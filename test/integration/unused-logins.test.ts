import { defaultLifetimes, type Grant } from '@ravi/credentials';
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

/** @shows forgotten program */
test('a login that is not used leaves Redis after PROGRAM_IDLE_DAYS, and each use of a key keeps all that it hangs on', async () => {
  const world = new World(redis);
  const { id, identity } = await world.person();
  const epoch = (await world.accounts.standing(id))?.account.epoch ?? '';
  const { grant, keys } = await world.redeem(id, epoch, identity, 'account');
  const parent = keys[0]?.record.id ?? '';
  const child = await world.makeKey(grant, [parent], 'management');
  const records = [`ravi:grant:{${grant.id}}`, `ravi:key:${parent}`, `ravi:key:${child.record.id}`];
  for (const record of records) {
    expect(await redis.pttl(world.prefix + record)).toBeGreaterThan(defaultLifetimes.programIdleMs - 60_000);
    await redis.pexpire(world.prefix + record, 100_000);
  }
  const [api = world.api()] = world.apis;
  const found = await api.findKey(child.hash);
  if (!found) throw new Error('The key is dead.');
  await Promise.all([
    world.apiKeys.noteUse(found.key, found.ancestors, epoch, Date.now()),
    world.grants.noteUse(found.grant, Date.now()),
  ]);
  for (const record of records) expect(await redis.pttl(world.prefix + record)).toBeGreaterThan(100_000);
});
