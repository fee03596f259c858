import { setImmediate as turn } from 'node:timers/promises';
import { GrantStore } from '@ravi/credentials';
import { Cluster } from 'ioredis';
import { by, World } from '../support/credential-world.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClient, type Writing } from '../support/fake-response.ts';
import { LoginBench } from '../support/logins.ts';
import { randomFrom, seed } from '../support/random.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { redisWith } from '../support/redis-with.ts';
import { type Around, settle, twoApis } from '../support/two-apis.ts';

let redis: TestRedis;
let bench: LoginBench;
let world: World;
beforeAll(async () => {
  redis = await startRedis();
  bench = await LoginBench.open(redis.url);
  world = new World(bench.redis);
});
afterAll(async () => {
  await world.revocation.close();
  bench.close();
  await redis.stop();
});

const rounds = 60;

/** A person, with the epoch of their account. */
async function person() {
  const { id } = await world.person();
  return { id, epoch: (await world.accounts.read(id))?.account.epoch ?? '' };
}

test(`whoever leaves, fails or is slow at whatever moment: one program gets the credentials, and they are never lost (seed ${seed})`, async () => {
  const { id, epoch } = await person();
  const outcomes = { written: 0, leftToTheNext: 0 };
  for (let round = 0; round < rounds; round++) {
    const random = randomFrom(seed + round);
    const login = await bench.start();
    const { loginId } = login.deviceCode;
    const clients: FakeClient[] = [];
    const pause = async () => {
      for (let turns = Math.floor(random() * 4); turns > 0; turns--) await turn();
    };
    const disturb = async () => {
      const chance = random();
      if (chance < 0.1) clients[Math.floor(random() * clients.length)]?.leave();
      if (chance > 0.9) apis[Math.floor(random() * 2)]?.waits.onWakeup(loginId);
      await pause();
    };
    const around: Around = async (step) => {
      await disturb();
      const result = await step();
      await disturb();
      return result;
    };
    const apis = twoApis({ bench, world, around });
    const writing = (): Writing => {
      const chance = random();
      return chance < 0.6 ? 'written' : chance < 0.8 ? 'lost' : 'throws';
    };
    const ask = async () => {
      const client = new FakeClient(writing, pause);
      clients.push(client);
      const api = apis[Math.floor(random() * 2)];
      await api?.ask(random() < 0.7 ? 'wait' : 'poll', login, client).catch(() => undefined);
    };
    const asking = [ask(), ask(), ask()];
    await pause();
    await bench.store.approve(loginId, id, '', undefined, undefined, epoch);
    asking.push(ask());
    const waiter = await settle(bench, login, world.issued(id, epoch, '', 'account'));
    asking.push(ask());
    for (const { waits } of waiter === null ? [] : apis) waits.onWakeup(loginId);
    await Promise.all(asking);
    for (let turns = 0; turns < 20; turns++) await disturb();
    for (const { waits } of apis) waits.close();
    // Every program is answered or has left, and Redis knows what became of each answer.
    await eventually(`round ${round} comes to rest`, async () => {
      await Promise.all(apis.map(({ redeemer }) => redeemer.allNoted()));
      const fields = await bench.redis.hgetall(bench.keyOf(login));
      return clients.every(({ reply }) => reply.isOver) && fields['lease'] === undefined;
    });
    const got = clients.filter(({ received }) => received?.status === 200).length;
    expect(got).toBeLessThanOrEqual(1);
    const next = await bench.redeem(login);
    expect([round, got, next.kind]).toEqual([round, got, got === 1 ? 'redeemed' : 'issued']);
    outcomes[got === 1 ? 'written' : 'leftToTheNext']++;
  }
  // Both courses were seen.
  expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(2);
});

test('a held request whose wake-up is lost is answered by the next sweep, and not by one before', async () => {
  const { id, epoch } = await person();
  const login = await bench.start();
  const [api] = twoApis({ bench, world });
  const client = new FakeClient(
    () => 'written',
    () => Promise.resolve(),
  );
  await api.ask('wait', login, client);
  await api.waits.sweep(0);
  expect(client.received).toBeNull();
  await bench.store.approve(login.deviceCode.loginId, id, '', undefined, undefined, epoch);
  expect(await settle(bench, login, world.issued(id, epoch, '', 'account'))).toBe('i1');
  await api.waits.sweep(0);
  await eventually('the sweep answers it', () => client.received);
  expect(client.received?.status).toBe(200);
  await api.redeemer.allNoted();
  api.waits.close();
});

/** A person approved, the issuer issued, and a program polls: it is answered with this status, as far as it got the answer. */
async function approvedBy({ id, epoch }: Awaited<ReturnType<typeof person>>, its = world) {
  const login = await bench.start();
  await bench.store.approve(login.deviceCode.loginId, id, '', undefined, undefined, epoch);
  const issued = its.issued(id, epoch, '', 'account');
  await settle(bench, login, issued);
  const poll = async (writing: Writing) => {
    const [api] = twoApis({ bench, world: its });
    const client = new FakeClient(
      () => writing,
      () => Promise.resolve(),
    );
    await api.ask('poll', login, client);
    await eventually('it is answered or has left', () => client.reply.isOver);
    await api.redeemer.allNoted();
    return client.received;
  };
  const record = async () => {
    const grant = await its.grants.find(issued.grant.id);
    return grant && [grant.state, grant.endedReason];
  };
  return { login, issued, poll, record };
}

test('an account that ends its programs before a login is collected ends that one too, also where an earlier answer got lost: nothing is handed over, and no key is left', async () => {
  const somebody = await person();
  const [fresh, lost] = [await approvedBy(somebody), await approvedBy(somebody)];
  expect(await lost.poll('lost')).toBeNull();
  expect(await lost.record()).toEqual(['active', '']);
  await world.accounts.end(somebody.id, 'grants');
  for (const { login, issued, poll } of [fresh, lost]) {
    expect(await poll('written')).toMatchObject({
      status: 400,
      json: expect.stringContaining('access_denied'),
    });
    expect((await bench.redeem(login)).kind).toBe('redeemed');
    await world.revocation.close();
    const left = await world.keysInRedis();
    expect(issued.keys.filter(({ record }) => left.some((key) => key.includes(record.id)))).toEqual([]);
  }
  expect([await fresh.record(), await lost.record()]).toEqual([null, ['ended', 'revoked']]);
});

test('an account that ends its programs while the records of a login are written one by one, as on a Cluster, ends them too: none is left', async () => {
  const { id, epoch } = await person();
  const { grant, keys } = world.issued(id, epoch, '', 'account');
  const account = world.accounts.epochPlace(id, epoch, '');
  let endings: Promise<unknown> | undefined;
  // The account's place answers at once, and those of the records only once everything has ended.
  const evalsha = async ([, , key]: readonly unknown[], real: () => Promise<unknown>) => {
    if (key === account.key) return real();
    await turn();
    await (endings ??= world.accounts.end(id, 'grants'));
    return real();
  };
  const cluster = new Proxy(redisWith(bench.redis, { evalsha }), {
    get: (target, name) => (name === 'isCluster' ? true : (Reflect.get(target, name) as unknown)),
    getPrototypeOf: () => Cluster.prototype,
  });
  // Known to the server: the first run of a script names its source.
  await world.redeem(id, epoch, '', 'account');
  const { stands } = await new GrantStore(cluster, { prefix: world.prefix }).add(
    grant,
    keys,
    account,
    grant.createdAtMs,
  );
  expect([stands, await world.grants.find(grant.id)]).toEqual([false, null]);
  const left = await world.keysInRedis();
  expect(keys.filter(({ record }) => left.some((key) => key.includes(record.id)))).toEqual([]);
});

test('a login that is ended alone after an answer of it got lost is refused, too, and none of its keys comes back', async () => {
  const somebody = await person();
  const { login, issued, poll, record } = await approvedBy(somebody);
  expect(await poll('lost')).toBeNull();
  await world.revocation.endGrant(by(somebody.id), issued.grant.id, 'not_me');
  await world.revocation.close();
  expect(await poll('written')).toMatchObject({
    status: 400,
    json: expect.stringContaining('access_denied'),
  });
  expect([(await bench.redeem(login)).kind, await record()]).toEqual(['redeemed', ['ended', 'not_me']]);
  const left = await world.keysInRedis();
  expect(issued.keys.filter(({ record: { id } }) => left.some((key) => key.includes(id)))).toEqual([]);
});

test('with one login more than an account may have its oldest one ends, and no other', async () => {
  const few = new World(bench.redis, 2);
  const { id } = await few.person();
  const somebody = { id, epoch: (await few.accounts.read(id))?.account.epoch ?? '' };
  const logins = [
    await approvedBy(somebody, few),
    await approvedBy(somebody, few),
    await approvedBy(somebody, few),
  ];
  for (const { poll } of logins) {
    expect((await poll('written'))?.status).toBe(200);
    // Of two that are collected in one millisecond, neither is the older one.
    const collectedMs = Date.now();
    await eventually('a millisecond has passed', () => Date.now() > collectedMs);
  }
  expect(await Promise.all(logins.map(({ record }) => record()))).toEqual([
    ['ended', 'too_many_logins'],
    ['active', ''],
    ['active', ''],
  ]);
  await few.revocation.close();
});
