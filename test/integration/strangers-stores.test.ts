import { IdentityStore } from '@ravi/accounts';
import { connectedRedis } from '../support/connected-redis.ts';
import { World } from '../support/credential-world.ts';

const { redis } = await connectedRedis();

/** A person with a login, a key that it made, and an identity. */
async function owner(world: World) {
  const { id, identity } = await world.person();
  const epoch = (await world.accounts.read(id))?.account.epoch ?? '';
  const { grant } = await world.redeem(id, epoch, identity, 'account');
  const made = await world.makeKey(grant, [], 'identity');
  return {
    id,
    identity,
    grant,
    made,
    view: { id, epoch, identityUuids: new Set([identity]) },
  };
}

/** @shows somebody else’s */
test('a store gives and ends what belongs to an account for this account alone, also where its indexes name what is another’s', async () => {
  const world = new World(redis);
  const identities = new IdentityStore(redis, world.prefix);
  const [one, other] = [await owner(world), await owner(world)];
  // No index should ever list somebody else's record; if one does, the record itself says whose it is.
  const indexes = (await redis.keys(`${world.prefix}*`)).filter((key) => key.includes(`:${other.id}:`));
  for (const index of indexes) {
    if ((await redis.type(index)) === 'zset') await redis.zadd(index, 1, one.grant.id, 1, one.made.record.id);
  }
  const knowing = { ...other.view, identityUuids: new Set([one.identity, other.identity]) };
  const nowMs = Date.now();
  const page = { offset: 0, count: 50 };

  // Not even a caller who knows when the key was made.
  for (const { epoch } of [one.view, other.view])
    expect(await world.apiKeys.findAlive({ ...knowing, epoch }, one.made.record.id, nowMs)).toBeNull();
  const keys = await world.apiKeys.page(knowing, 'identity', page, nowMs);
  expect(keys.entries.map(({ userId }) => userId)).toEqual([other.id, other.id]);
  const grants = await world.grants.page(knowing, page, nowMs);
  expect(grants.entries.map(({ id }) => id)).toEqual([other.grant.id]);
  expect(await world.accounts.ownsIdentity(other.id, one.identity)).toBe(false);
  expect(await identities.find(other.id, one.identity)).toBeNull();
  const renamed = await identities.change(other.id, one.identity, { name: 'Mine' }, nowMs);
  expect(renamed.kind).toBe('unknown');

  expect(await identities.remove(other.id, one.identity, nowMs)).toBe(false);
  expect(await world.apiKeys.revoke(one.made.record.id, other.id, 'revoked')).toBe(false);
  expect(await world.grants.end(one.grant.id, other.id, 'not_me')).toBe('unknown');

  expect((await world.apiKeys.findAlive(one.view, one.made.record.id, nowMs))?.id).toBe(one.made.record.id);
  expect((await world.accounts.read(one.id))?.identities.map(({ uuid }) => uuid)).toEqual([one.identity]);
  expect(await world.apiKeys.revoke(one.made.record.id, one.id, 'revoked')).toBe(true);
  expect(await world.grants.end(one.grant.id, one.id, 'not_me')).toBe('ended');
  await world.revocation.close();
});
