import { randomUUID } from 'node:crypto';
import {
  AccountStore,
  hasRoomForIdentity,
  IdentityStore,
  maxGivenUpAddresses,
  maxIdentities,
} from '@ravi/accounts';
import { unconfirmedWrites } from '@ravi/redis';
import fc from 'fast-check';
import { connectedRedis } from '../support/connected-redis.ts';
import { seed } from '../support/random.ts';
import { redisWith } from '../support/redis-with.ts';

const { redis } = await connectedRedis();

async function open(people: number) {
  const prefix = `test:${randomUUID()}:`;
  const accounts = new AccountStore(redis, prefix);
  const identities = new IdentityStore(redis, prefix);
  const ids: number[] = [];
  for (let count = 0; count < people; count++) {
    const input = { email: `${randomUUID()}@example.com`, passwordHash: 'hash', firstName: '', lastName: '' };
    const account = await accounts.create({ ...input, identityEmailDomain: 'drawn.test' }, Date.now());
    ids.push(account?.id ?? 0);
  }
  const ownerOf = (email: string) => redis.get(`${prefix}ravi:identity-email:${email}`);
  const ttlOf = (email: string) => redis.pttl(`${prefix}ravi:identity-email:${email}`);
  const add = (userId: number, name: string, email: string) =>
    identities.add(userId, { name, email }, { domain: 'drawn.test', nowMs: Date.now() });
  return { prefix, accounts, identities, ids, ownerOf, ttlOf, add };
}

const number = fc.nat({ max: 5 });
const moments = fc.array(
  fc.array(fc.record({ who: number, name: number, address: number, remove: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
  }),
  { minLength: 1, maxLength: 12 },
);

test('an address is in one account only, and stays its for as long as an identity has it, whatever is done at once', async () => {
  await fc.assert(
    fc.asyncProperty(moments, async (history) => {
      const { accounts, identities, ids, ownerOf, ttlOf, add } = await open(2);
      for (const moment of history) {
        await Promise.all(
          moment.map(async ({ who, name, address, remove }) => {
            const userId = ids[who % ids.length] ?? 0;
            const owned = (await accounts.read(userId))?.identities ?? [];
            const one = owned[name % Math.max(1, owned.length)];
            if (remove && one) await identities.remove(userId, one.uuid, Date.now());
            else if (one && name > 3) {
              await identities.change(userId, one.uuid, { email: `a${address}@x.test` }, Date.now());
            } else await add(userId, `name ${name}`, `a${address}@x.test`);
          }),
        );
      }
      const held = await Promise.all(
        ids.map(async (id) => ({ id, owned: (await accounts.read(id))?.identities ?? [] })),
      );
      const addresses = held.flatMap(({ owned }) => owned.map(({ email }) => email));
      expect(new Set(addresses).size).toBe(addresses.length);
      for (const { id, owned } of held) {
        for (const { email } of owned) {
          expect([await ownerOf(email), await ttlOf(email)]).toEqual([String(id), -1]);
        }
      }
    }),
    { numRuns: 60, seed },
  );
});

test('an address that was given up is kept back for thirty days, twenty of them at most; the account may have it again', async () => {
  const { prefix, identities, ids, ownerOf, ttlOf, add } = await open(2);
  const [mine = 0, other = 0] = ids;
  const addresses = Array.from({ length: maxGivenUpAddresses + 1 }, (_, index) => `g${index}@x.test`);
  for (const [index, email] of addresses.entries()) {
    const writing = await add(mine, 'passing', email);
    if (writing.kind !== 'written') throw new Error(writing.kind);
    await identities.remove(mine, writing.identity.uuid, Date.now() + index);
  }
  expect(await redis.zcard(`${prefix}ravi:account-given-up:${mine}`)).toBe(maxGivenUpAddresses);
  const [first = '', second = '', third = ''] = addresses;
  expect(await ownerOf(first)).toBeNull();
  expect(await ttlOf(second)).toBeGreaterThan(29 * 86_400_000);
  expect((await add(other, 'stranger', second)).kind).toBe('emailTaken');
  expect((await add(mine, 'again', third)).kind).toBe('written');
  expect(await ttlOf(third)).toBe(-1);
  expect((await add(other, 'stranger', first)).kind).toBe('written');
});

test('an address that was refused for another reason is free again in a moment', async () => {
  const { ids, ttlOf, add } = await open(1);
  const [mine = 0] = ids;
  await add(mine, 'one', 'first@x.test');
  expect((await add(mine, 'one', 'second@x.test')).kind).toBe('nameTaken');
  const leftMs = await ttlOf('second@x.test');
  // On a busy machine it is free already.
  expect(leftMs).not.toBe(-1);
  expect(leftMs).toBeLessThanOrEqual(1000);
});

test('a new account gets no address that somebody else takes in the same moment: another one is drawn', async () => {
  const prefix = `test:${randomUUID()}:`;
  const drawn: string[] = [];
  const redisOfTwo = redisWith(redis, {
    set: async ([key], real) => {
      // Twice somebody is faster.
      if (drawn.push(String(key)) <= 2) await redis.set(String(key), 7);
      return real();
    },
  });
  const accounts = new AccountStore(redis, prefix, unconfirmedWrites(redisOfTwo));
  const input = { email: 'ada@example.com', passwordHash: 'hash', firstName: '', lastName: '' };
  const { id = 0 } = (await accounts.create({ ...input, identityEmailDomain: 'drawn.test' }, 1)) ?? {};
  const [identity] = (await accounts.read(id))?.identities ?? [];
  expect(drawn).toHaveLength(3);
  expect(drawn.at(-1)).toBe(`${prefix}ravi:identity-email:${identity?.email}`);
  expect(await Promise.all(drawn.map((key) => redis.get(key)))).toEqual(['7', '7', String(id)]);
});

test('a change of the address keeps the former one back, one of the name keeps none, and none changes nothing', async () => {
  const { prefix, identities, ids, ttlOf, add } = await open(1);
  const [mine = 0] = ids;
  const made = await add(mine, 'Ada', 'one@x.test');
  const uuid = made.kind === 'written' ? made.identity.uuid : '';
  const change = async (changes: object) => (await identities.change(mine, uuid, changes, Date.now())).kind;
  const sameAs = [{}, { name: 'Ada' }, { email: 'one@x.test' }, { name: 'Ada', email: 'one@x.test' }];
  for (const changes of sameAs) expect(await change(changes)).toBe('same');
  expect([await change({ name: 'Grace' }), await ttlOf('one@x.test')]).toEqual(['written', -1]);
  expect([await change({ email: 'two@x.test' }), await ttlOf('two@x.test')]).toEqual(['written', -1]);
  expect(await ttlOf('one@x.test')).toBeGreaterThan(29 * 86_400_000);
  expect(await redis.zrange(`${prefix}ravi:account-given-up:${mine}`, '0', '-1')).toEqual(['one@x.test']);
});

describe('an address that one identity of an account gives up while another one takes it', () => {
  /** The stores of an account, in one of which something else happens before a script with this argument. */
  async function meanwhile(
    argument: unknown,
    happens: (plain: IdentityStore, id: number) => Promise<unknown>,
  ) {
    const { prefix, identities, ids, ttlOf, add } = await open(1);
    const [id = 0] = ids;
    let isFirst = true;
    const connection = redisWith(redis, {
      evalsha: async (args, real) => {
        if (isFirst && args.includes(argument)) {
          isFirst = false;
          await happens(identities, id);
        }
        return real();
      },
    });
    return { late: new IdentityStore(redis, prefix, unconfirmedWrites(connection)), id, ttlOf, add };
  }
  const at = { domain: 'x.test', nowMs: 1 };

  test('stays its where the former one is removed before the new one is written', async () => {
    let former = '';
    const { late, id, ttlOf, add } = await meanwhile('create', (plain, of) =>
      plain.remove(of, former, Date.now()),
    );
    const made = await add(id, 'Ada', 'both@x.test');
    former = made.kind === 'written' ? made.identity.uuid : '';
    expect((await late.add(id, { name: 'Grace', email: 'both@x.test' }, at)).kind).toBe('written');
    expect(await ttlOf('both@x.test')).toBe(-1);
  });

  test('stays its where it is taken before a refused one gives it back', async () => {
    const { late, id, ttlOf, add } = await meanwhile(1_000, (plain, of) =>
      plain.add(of, { name: 'Grace', email: 'both@x.test' }, at),
    );
    await add(id, 'Ada', 'ada@x.test');
    expect((await late.add(id, { name: 'Ada', email: 'both@x.test' }, at)).kind).toBe('nameTaken');
    expect(await ttlOf('both@x.test')).toBe(-1);
  });
});

describe('of two changes of an identity at once', () => {
  const kept = 29 * 86_400_000;

  /** An identity of an account, and a store that changes its address at the moment in which it would write this. */
  async function changing(argument: (uuid: string) => string) {
    const { prefix, identities, ids, ttlOf, add } = await open(1);
    const [id = 0] = ids;
    const made = await add(id, 'Ada', 'former@x.test');
    const uuid = made.kind === 'written' ? made.identity.uuid : '';
    let isFirst = true;
    const connection = redisWith(redis, {
      evalsha: async (args, real) => {
        if (isFirst && args.includes(argument(uuid))) {
          isFirst = false;
          await identities.change(id, uuid, { email: 'new@x.test' }, Date.now());
        }
        return real();
      },
    });
    return { late: new IdentityStore(redis, prefix, unconfirmedWrites(connection)), id, uuid, ttlOf };
  }

  test('neither is lost', async () => {
    const { late, id, uuid, ttlOf } = await changing(() => 'update');
    const both = { name: 'Grace', email: 'new@x.test' };
    const writing = await late.change(id, uuid, { name: 'Grace' }, Date.now());
    expect(writing).toMatchObject({ kind: 'written', identity: both });
    expect(await late.find(id, uuid)).toMatchObject(both);
    expect(await ttlOf('new@x.test')).toBe(-1);
    expect(await ttlOf('former@x.test')).toBeGreaterThan(kept);
  });

  test('the later one of the address stands, and nobody keeps the others', async () => {
    const { late, id, uuid, ttlOf } = await changing(() => 'update');
    await late.change(id, uuid, { email: 'last@x.test' }, Date.now());
    expect(await late.find(id, uuid)).toMatchObject({ email: 'last@x.test' });
    expect(await ttlOf('last@x.test')).toBe(-1);
    for (const email of ['former@x.test', 'new@x.test']) expect(await ttlOf(email)).toBeGreaterThan(kept);
  });

  test('where the other one removes it, the address that it has by then is given up', async () => {
    const { late, id, uuid, ttlOf } = await changing((own) => `identity:${own}`);
    expect(await late.remove(id, uuid, Date.now())).toBe(true);
    for (const email of ['former@x.test', 'new@x.test']) expect(await ttlOf(email)).toBeGreaterThan(kept);
    expect(await late.remove(id, uuid, Date.now())).toBe(false);
  });
});

test('a name counts as taken in any case, in every alphabet, also where an older release wrote it', async () => {
  const { prefix, ids, add } = await open(1);
  const [id = 0] = ids;
  expect((await add(id, 'Åsa', 'one@x.test')).kind).toBe('written');
  expect((await add(id, 'åSA', 'two@x.test')).kind).toBe('nameTaken');
  const older = { uuid: 'older', name: 'Buyer', email: 'older@x.test' };
  await redis.hset(`${prefix}ravi:account:${id}`, 'identity:older', JSON.stringify(older));
  expect((await add(id, 'buyer', 'three@x.test')).kind).toBe('nameTaken');
});

test('a name with half a character, as an older release wrote it, is in the way of no other identity, and can be changed', async () => {
  const { prefix, identities, ids, add } = await open(1);
  const [id = 0] = ids;
  const older = { uuid: 'older', name: 'half\ud83d', email: 'older@x.test' };
  await redis.hset(`${prefix}ravi:account:${id}`, 'identity:older', JSON.stringify(older));
  expect((await add(id, 'another', 'one@x.test')).kind).toBe('written');
  expect((await identities.change(id, 'older', { name: 'whole' }, Date.now())).kind).toBe('written');
  expect((await add(id, 'Whole', 'two@x.test')).kind).toBe('nameTaken');
});

test('an account has so many identities and no more, and each of them can be changed then', async () => {
  const { prefix, accounts, identities, ids, add } = await open(1);
  const [id = 0] = ids;
  const others = Array.from({ length: maxIdentities - 2 }, (_, at) => {
    const identity = { uuid: `${at}`, name: `Name ${at}`, email: `${at}@x.test`, createdAt: '' };
    return [`identity:${at}`, JSON.stringify(identity)];
  });
  await redis.hset(`${prefix}ravi:account:${id}`, Object.fromEntries(others));
  const hasRoom = async () => hasRoomForIdentity((await accounts.read(id))?.identities ?? []);
  expect(await hasRoom()).toBe(true);
  expect((await add(id, 'The last', 'last@x.test')).kind).toBe('written');
  expect(await hasRoom()).toBe(false);
  expect((await add(id, 'One more', 'more@x.test')).kind).toBe('tooMany');
  expect((await accounts.read(id))?.identities).toHaveLength(maxIdentities);
  const changed = await identities.change(id, '7', { name: 'Another name' }, Date.now());
  expect(changed.kind).toBe('written');
});
