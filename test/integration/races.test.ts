import { createHash } from 'node:crypto';
import { LoginBench, type StoredLogin } from '../support/logins.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let redis: TestRedis;
let bench: LoginBench;

beforeAll(async () => {
  redis = await startRedis();
  bench = await LoginBench.open(redis.url);
});
afterAll(async () => {
  bench.close();
  await redis.stop();
});

test('of 1,000 concurrent polls of an issued login, one gets the result', async () => {
  const login = await bench.start();
  await bench.store.approve(login.deviceCode.loginId, 1, '');
  await bench.store.settle(login.deviceCode.loginId, 'sealed');
  const answers = await Promise.all(Array.from({ length: 1000 }, () => bench.redeem(login)));
  expect(answers.filter(({ kind }) => kind === 'issued')).toHaveLength(1);
  expect(answers.filter(({ kind }) => kind === 'leased')).toHaveLength(999);
});

/** @shows replay */
test('of an approval and a denial at the same moment, one wins and both learn the same, 500 times', async () => {
  // One connection orders the scripts of one moment by itself: so each rival has its own.
  const rival = await bench.openStore(redis.url);
  // From here on Redis knows both scripts: one that had to be loaded first would lose every race.
  const known = (await bench.start()).deviceCode.loginId;
  await bench.store.deny(known, 1);
  await bench.store.approve(known, 1, '');
  const winners: string[] = [];
  for (let round = 0; round < 500; round++) {
    const { loginId } = (await bench.start()).deviceCode;
    const approve = () => bench.store.approve(loginId, 1, '');
    const deny = () => rival.store.deny(loginId, 2);
    const decisions = await Promise.all(round % 2 ? [approve(), deny()] : [deny(), approve()]);
    const truths = decisions.map((decision) =>
      decision.kind === 'decided' ? decision.state : decision.kind,
    );
    expect(truths[0]).toBe(truths[1]);
    winners.push(truths[0] ?? '');
  }
  rival.close();
  expect(new Set(winners)).toEqual(new Set(['approved', 'denied']));
});

test('of a settlement and the end of its approval at the same moment, one wins and both learn which, 200 times', async () => {
  const rival = await bench.openStore(redis.url);
  const known = (await bench.start()).deviceCode.loginId;
  await bench.store.settle(known, '');
  await bench.store.withdraw(known, '');
  const outcomes: string[] = [];
  for (let round = 0; round < 200; round++) {
    const login = await bench.start();
    const { loginId } = login.deviceCode;
    await bench.store.approve(loginId, 1, '');
    const settle = () => bench.store.settle(loginId, 'sealed');
    const withdraw = () => rival.store.withdraw(loginId, '');
    const both = await Promise.all(round % 2 ? [settle(), withdraw()] : [withdraw(), settle()]);
    const kinds = both.map(({ kind }) => kind).filter((kind) => kind !== 'refused');
    outcomes.push(`${kinds.join()}: ${(await bench.redeem(login)).kind}`);
  }
  rival.close();
  expect(new Set(outcomes)).toEqual(new Set(['issued: issued', 'withdrawn: denied']));
});

test('a request whose lease has ended neither ends nor gives back what another one is answered with now', async () => {
  const login = await bench.start();
  const { loginId } = login.deviceCode;
  await bench.store.approve(loginId, 1, '');
  await bench.store.settle(loginId, 'sealed');
  const take = (lease: string) => bench.redeem(login, { kind: 'wait', instance: 'i' }, lease);
  expect((await take('slow')).kind).toBe('issued');
  await bench.lapseLease(login);
  expect((await take('next')).kind).toBe('issued');
  expect([await bench.store.release(loginId, 'slow'), await bench.store.complete(loginId, 'slow')]).toEqual([
    null,
    [],
  ]);
  expect((await take('third')).kind).toBe('leased');
  // The third one waits by now.
  expect(await bench.store.complete(loginId, 'next')).toEqual(['i']);
  expect((await take('slow')).kind).toBe('redeemed');
});

test('a request that asks again while it holds the lease, as where the first reply was lost, gets the result again; no other does', async () => {
  const login = await bench.start();
  const { loginId } = login.deviceCode;
  await bench.store.approve(loginId, 1, '');
  await bench.store.settle(loginId, 'sealed');
  const take = (lease: string) => bench.redeem(login, { kind: 'check', instance: 'i' }, lease);
  for (const lease of ['late', 'late'])
    expect(await take(lease)).toMatchObject({ kind: 'issued', sealed: 'sealed' });
  expect((await take('another')).kind).toBe('leased');
  await bench.store.complete(loginId, 'late');
  expect((await take('late')).kind).toBe('redeemed');
});

test('of two settlements of one login, the first counts', async () => {
  const login = await bench.start();
  await bench.store.approve(login.deviceCode.loginId, 1, '');
  const settled = await Promise.all(
    ['first', 'second'].map((sealed) => bench.store.settle(login.deviceCode.loginId, sealed)),
  );
  expect(settled.map((settlement) => settlement.kind === 'issued' && settlement.again)).toEqual([
    false,
    true,
  ]);
  expect(await bench.redeem(login)).toMatchObject({ kind: 'issued', sealed: 'first' });
});

test('no order of steps redeems twice, issues without approval, leaves a final state or loses its TTL', async () => {
  const random = seeded('sequences');
  let handedOver = 0;
  for (let sequence = 0; sequence < 60; sequence++) {
    const login = await bench.start();
    const trace: string[] = [];
    let final: string | null = null;
    // The request that has the result now: it may be written to its program until the lease ends.
    let holder: string | null = null;
    for (let step = 0; step < 25; step++) {
      const { name, lease, answer } = await anyStep(login, random);
      const [state, approvedAt] = await bench.redis.hmget(bench.keyOf(login), 'state', 'approved_at');
      trace.push(`${name} ${lease} → ${state}`);
      if (final !== null && state !== final) throw new Error(`left a final state: ${trace.join(', ')}`);
      if ((state === 'issued' || state === 'redeemed') && !approvedAt) {
        throw new Error(`issued without approval: ${trace.join(', ')}`);
      }
      if (isHandedOver(answer)) {
        if (final !== null || (holder !== null && holder !== lease)) {
          throw new Error(`handed over twice: ${trace.join(', ')}`);
        }
        holder = lease;
        handedOver++;
      }
      if (name === 'lapse' || (name === 'release' && lease === holder)) holder = null;
      if (state === 'redeemed' || state === 'denied' || state === 'aborted') final = state;
      expect(await bench.redis.pttl(bench.keyOf(login))).toBeGreaterThan(0);
    }
  }
  expect(handedOver).toBeGreaterThan(5);
});

test('scripts survive a SCRIPT FLUSH: nobody notices', async () => {
  const login = await bench.start();
  await bench.redis.script('FLUSH');
  await bench.store.approve(login.deviceCode.loginId, 1, '');
  await bench.redis.script('FLUSH');
  await bench.store.settle(login.deviceCode.loginId, 'sealed');
  await bench.redis.script('FLUSH');
  const answers = await Promise.all(Array.from({ length: 50 }, () => bench.redeem(login)));
  expect(answers.filter(({ kind }) => kind === 'issued')).toHaveLength(1);
});

const isHandedOver = (answer: unknown) =>
  typeof answer === 'object' &&
  answer !== null &&
  'kind' in answer &&
  answer.kind === 'issued' &&
  'sealed' in answer;

async function anyStep(login: StoredLogin, random: () => number) {
  const { loginId } = login.deviceCode;
  const lease = `lease-${Math.floor(random() * 2)}`;
  const steps: readonly [string, () => Promise<unknown>][] = [
    ['poll', () => bench.redeem(login, { kind: 'poll' }, lease)],
    ['wait', () => bench.redeem(login, { kind: 'wait', instance: 'i' }, lease)],
    ['approve', () => bench.store.approve(loginId, 1, '')],
    ['deny', () => bench.store.deny(loginId, 2)],
    ['settle', () => bench.store.settle(loginId, `sealed-${random()}`)],
    ['abort', () => bench.store.abort(loginId)],
    ['withdraw', () => bench.store.withdraw(loginId, '')],
    ['complete', () => bench.store.complete(loginId, lease)],
    ['release', () => bench.store.release(loginId, lease)],
    ['lapse', () => bench.redis.eval(lapseIfLeased, 1, bench.keyOf(login))],
  ];
  const [name, run] = steps[Math.floor(random() * steps.length)] ?? ['nothing', () => Promise.resolve()];
  return { name, lease, answer: await run() };
}

const lapseIfLeased =
  "if redis.call('HEXISTS', KEYS[1], 'leased_until') == 1 then redis.call('HSET', KEYS[1], 'leased_until', 1) end";

/** The same numbers from 0 to 1 in every run, so that a failure can be seen again. */
function seeded(seed: string): () => number {
  let count = 0;
  return () => createHash('sha256').update(`${seed}:${count++}`).digest().readUInt32BE(0) / 2 ** 32;
}
