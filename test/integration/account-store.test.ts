import { randomUUID } from 'node:crypto';
import {
  AccountStore,
  EmailMoves,
  FactorStore,
  IdentityStore,
  LinkedAccounts,
  SessionStore,
  SignInUndos,
} from '@ravi/accounts';
import { type RedisClient, unconfirmedWrites } from '@ravi/redis';
import { connectedRedis } from '../support/connected-redis.ts';
import { redisWith } from '../support/redis-with.ts';

const { redis } = await connectedRedis();
const open = (connection: RedisClient = redis) => {
  const prefix = `test:${randomUUID()}:`;
  const writes = unconfirmedWrites(connection);
  const accounts = new AccountStore(redis, prefix, writes);
  return { prefix, accounts, identities: new IdentityStore(redis, prefix, writes) };
};
const person = (email = `${randomUUID()}@example.com`) => ({
  email,
  passwordHash: 'hash',
  firstName: 'Ada',
  lastName: 'Byron',
  identityEmailDomain: 'drawn.test',
});

test('a new account is told as it is read from then on', async () => {
  const { accounts } = open();
  for (const emailVerified of [false, true]) {
    const made = await accounts.create({ ...person(), emailVerified }, 1_000);
    const { account } = (await accounts.read(made?.id ?? 0)) ?? {};
    expect(made).toEqual(account);
    expect(account).toMatchObject({ emailVerified, blocked: false, hasSecondFactor: false, language: '' });
    expect(await accounts.createdAtMs(account?.id ?? 0)).toBe(1_000);
  }
  expect(await accounts.createdAtMs(7)).toBeNull();
});

test('the identities of an account come in the order in which they were made, whatever their names are', async () => {
  const { accounts, identities } = open();
  const { id = 0 } = (await accounts.create(person(), 1_000)) ?? {};
  for (const [at, name] of ['Zoe', 'Ada', 'Mia'].entries())
    await identities.add(id, { name }, { domain: 'drawn.test', nowMs: 2_000 + at });
  const names = (await accounts.read(id))?.identities.map((identity) => identity.name);
  expect(names?.slice(1)).toEqual(['Zoe', 'Ada', 'Mia']);
});

test('the address that is drawn for the identity of a new account is nobody else’s', async () => {
  let taken = '';
  const connection = redisWith(redis, {
    set: async (args, real) => {
      const name = String(args[0]);
      if (taken === '' && name.includes('ravi:identity-email:')) {
        taken = name;
        await redis.set(name, 'another account');
      }
      return real();
    },
  });
  const { prefix, accounts } = open(connection);
  const { id = 0 } = (await accounts.create(person(), 1)) ?? {};
  const [identity] = (await accounts.read(id))?.identities ?? [];
  const its = `${prefix}ravi:identity-email:${identity?.email}`;
  expect(taken).not.toBe('');
  expect(await redis.mget(taken, its)).toEqual(['another account', String(id)]);
  expect(await redis.ttl(its)).toBe(-1);
});

test('the language in which its person reads is told with the account, and of one that is gone nothing is kept', async () => {
  const { prefix, accounts } = open();
  const { id = 0 } = (await accounts.create(person(), 1)) ?? {};
  await accounts.noteLanguage(id, 'de');
  expect((await accounts.standing(id))?.account.language).toBe('de');
  await accounts.noteLanguage(7, 'de');
  expect(await redis.exists(`${prefix}ravi:account:7`)).toBe(0);
});

test('a sign-up with an address that is taken draws no id', async () => {
  const { prefix, accounts } = open();
  const input = person();
  await accounts.create(input, 1);
  const before = (await redis.keys(`${prefix}*`)).toSorted();
  expect(await accounts.create(input, 1)).toBeNull();
  expect((await redis.keys(`${prefix}*`)).toSorted()).toEqual(before);
});

test('who signs in through a provider has no password that could be checked', async () => {
  const { prefix, accounts } = open();
  const linked = new LinkedAccounts(redis, accounts, prefix);
  const { passwordHash: _, ...input } = person();
  const who = { issuer: 'https://one.example.com', subject: 'ada', provider: 'one', email: '', atMs: 1 };
  const made = await linked.create(who, input, 1);
  if (made.kind !== 'created') throw new Error(made.kind);
  expect(await accounts.userIdOf(input.email)).toBe(made.account.id);
  expect(await accounts.findSignIn(input.email)).toBeNull();
});

test('work that reads an account several times reads it once, and another one for itself', async () => {
  const { accounts } = open();
  const ids = [(await accounts.create(person(), 1))?.id ?? 0, (await accounts.create(person(), 1))?.id ?? 0];
  const [id = 0, other = 0] = ids;
  const once = accounts.readOnce();
  expect((await once.read(id))?.account.id).toBe(id);
  await accounts.noteLanguage(id, 'de');
  expect((await once.read(id))?.account.language).toBe('');
  expect((await once.read(other))?.account.id).toBe(other);
  expect((await accounts.readOnce().read(id))?.account.language).toBe('de');
});

describe('a full Redis', () => {
  const full = () => Promise.reject(new Error('OOM command not allowed'));
  const lost = () => Promise.reject(new Error('Connection is closed.'));

  test('that refuses an account leaves the address of its identity free; where the answer was lost it stays taken', async () => {
    for (const [refusal, left] of [
      [full, 0],
      [lost, 1],
    ] as const) {
      const { prefix, accounts } = open(redisWith(redis, { hset: refusal }));
      await expect(accounts.create(person(), 1)).rejects.toThrow(/OOM|closed/);
      expect(await redis.keys(`${prefix}ravi:identity-email:*`)).toHaveLength(left);
    }
  });

  test('that refuses an identity leaves its address free in a moment; where the answer was lost it stays taken', async () => {
    for (const [refusal, isFree] of [
      [full, true],
      [lost, false],
    ] as const) {
      let refuses = false;
      const connection = redisWith(redis, {
        evalsha: (args, real) => (refuses && args.includes('create') ? refusal() : real()),
      });
      const { prefix, accounts, identities } = open(connection);
      const { id = 0 } = (await accounts.create(person(), 1)) ?? {};
      refuses = true;
      const changes = { name: 'Night', email: 'night@x.test' };
      await expect(identities.add(id, changes, { domain: 'x.test', nowMs: 1 })).rejects.toThrow(/OOM|closed/);
      const leftMs = await redis.pttl(`${prefix}ravi:identity-email:night@x.test`);
      expect([isFree, leftMs === -1]).toEqual([isFree, !isFree]);
      expect(leftMs).toBeLessThanOrEqual(1_000);
    }
  });

  test('keeps nobody from deleting an identity', async () => {
    const { prefix, accounts, identities } = open(redisWith(redis, { zadd: full }));
    const { id = 0 } = (await accounts.create(person(), 1)) ?? {};
    const [identity] = (await accounts.read(id))?.identities ?? [];
    expect(await identities.remove(id, identity?.uuid ?? '', Date.now())).toBe(true);
    expect(await redis.pttl(`${prefix}ravi:identity-email:${identity?.email}`)).toBeGreaterThan(0);
    expect(await identities.remove(id, identity?.uuid ?? '', Date.now())).toBe(false);
  });
});

test('a name and an address that are drawn are drawn anew where somebody has them, ten times; those that a person chose are not', async () => {
  let [refusals, word, writes] = [0, '', 0];
  const connection = redisWith(redis, {
    evalsha: (args, real) => {
      if (!args.includes('create')) return real();
      writes++;
      return refusals-- > 0 ? Promise.resolve([word]) : real();
    },
  });
  const { accounts, identities } = open(connection);
  const { id = 0 } = (await accounts.create(person(), 1)) ?? {};
  const add = async (changes: object, many: number, as: string) => {
    [refusals, word, writes] = [many, as, 0];
    const { kind } = await identities.add(id, changes, { domain: 'drawn.test', nowMs: 1 });
    return [kind, writes];
  };
  for (const taken of ['name_taken', 'email_taken']) expect(await add({}, 3, taken)).toEqual(['written', 4]);
  expect(await add({ name: 'One' }, 2, 'email_taken')).toEqual(['written', 3]);
  expect(await add({ email: 'two@x.test' }, 2, 'name_taken')).toEqual(['written', 3]);
  expect(await add({ name: 'Three' }, 1, 'name_taken')).toEqual(['nameTaken', 1]);
  expect(await add({ email: 'four@x.test' }, 1, 'email_taken')).toEqual(['emailTaken', 1]);
  expect(await add({}, 99, 'too_many')).toEqual(['tooMany', 1]);
  expect(await add({}, 99, 'name_taken')).toEqual(['nameTaken', 10]);
  expect(await add({}, 9, 'email_taken')).toEqual(['written', 10]);
});

test('a change of factors that ends sessions begins an epoch after theirs, whatever the clock says; one whose sessions end meanwhile changes nothing', async () => {
  const { prefix, accounts } = open();
  const { id = 0, sessionsEpoch = '' } = (await accounts.create(person(), 1)) ?? {};
  let between = async () => undefined as unknown;
  const connection = redisWith(redis, {
    evalsha: async (_args, real) => {
      await between();
      return real();
    },
  });
  const factors = new FactorStore(redis, prefix, unconfirmedWrites(connection));
  const totp = { sealedSecret: '1.sealed', lastStep: 7, addedAtMs: 1, lastUsedAtMs: null };
  const add = (epoch: string) =>
    factors.change(id, (now) => ({ kind: 'change', factors: { ...now, totp }, endsSessions: true }), epoch);
  between = () => accounts.end(id, 'sessions');
  expect((await add(sessionsEpoch)).kind).toBe('unknown');
  expect((await factors.read(id)).totp).toBeNull();
  between = async () => undefined;
  const ahead = (Date.now() + 3_600_000) * 1000;
  await redis.hset(`${prefix}ravi:account:${id}`, 'sessions_epoch', ahead);
  expect(await add(String(ahead))).toMatchObject({ kind: 'changed', sessionsEpoch: String(ahead + 1) });
});

test('whoever waits for replicas waits for each record that was written, and is told if they do not come', async () => {
  const prefix = `test:${randomUUID()}:`;
  let waited: readonly string[] = [];
  let fails = false;
  const writes = {
    redis,
    replicated: async (...keys: readonly string[]) => {
      waited = keys.map((key) => key.slice(prefix.length).replace(/:[\w-]{43}$/, ':HASH'));
      if (fails) throw new Error('too few');
    },
  };
  const accounts = new AccountStore(redis, prefix, writes);
  const subject = { issuer: 'https://one.example.com', subject: 'ada' };
  const links = {
    find: async () => null,
    findSpent: async () => null,
    isOver: async () => true,
    noteSpent: async () => undefined,
  };
  const session = 's'.repeat(43);
  const [account, signIn] = ['ravi:account:7', 'ravi:sign-in:HASH'];
  const waits: readonly (readonly [() => Promise<void>, readonly string[]])[] = [
    [() => accounts.replicated(7), [account]],
    [() => accounts.replicated(7, { email: 'a@x.test' }), [account, signIn]],
    [() => accounts.replicated(7, { subject }), [account, 'ravi:external:HASH']],
    [() => new FactorStore(redis, prefix, writes).replicated(7), [account]],
    [() => new SignInUndos(redis, prefix, writes).replicated(7), [account]],
    [
      () => new EmailMoves(redis, accounts, links, prefix, writes).replicated(7, 'a@x.test', 'b@x.test'),
      [account, signIn, signIn],
    ],
    [
      () => new SessionStore(redis, { idleSeconds: 1, maxSeconds: 1 }, prefix, writes).replicated(session),
      ['ravi:session:HASH'],
    ],
  ];
  for (const [wait, records] of waits) {
    [waited, fails] = [[], false];
    await wait();
    expect(waited).toEqual(records);
    fails = true;
    await expect(wait()).rejects.toThrow('too few');
  }
});
