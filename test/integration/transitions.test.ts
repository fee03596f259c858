import { LoginBench, type StoredLogin } from '../support/logins.ts';
import { lease, owner, statesOn } from '../support/login-states.ts';
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

const states = statesOn(() => bench);
const stranger = 8;

type StateName = keyof typeof states;

/** What each step answers, and which state Redis holds afterwards. */
const steps = {
  poll: async (login: StoredLogin) => (await bench.redeem(login)).kind,
  wait: async (login: StoredLogin) => (await bench.redeem(login, { kind: 'wait', instance: 'i' })).kind,
  approve: async ({ deviceCode }: StoredLogin) => {
    const decision = await bench.store.approve(deviceCode.loginId, owner, '');
    return decision.kind === 'decided' ? `decided ${decision.state}` : decision.kind;
  },
  approveByStranger: async ({ deviceCode }: StoredLogin) => {
    const decision = await bench.store.approve(deviceCode.loginId, stranger, '');
    return decision.kind === 'decided' ? `decided ${decision.state}` : decision.kind;
  },
  deny: async ({ deviceCode }: StoredLogin) => {
    const decision = await bench.store.deny(deviceCode.loginId, owner);
    return decision.kind === 'decided' ? `decided ${decision.state}` : decision.kind;
  },
  settle: async ({ deviceCode }: StoredLogin) => {
    const settlement = await bench.store.settle(deviceCode.loginId, 'another');
    return settlement.kind === 'issued' && settlement.again ? 'issued before' : settlement.kind;
  },
  abort: async ({ deviceCode }: StoredLogin) => {
    await bench.store.abort(deviceCode.loginId);
    return 'asked';
  },
  complete: async ({ deviceCode }: StoredLogin) => {
    await bench.store.complete(deviceCode.loginId, lease);
    return 'asked';
  },
  completeByStranger: async ({ deviceCode }: StoredLogin) => {
    await bench.store.complete(deviceCode.loginId, 'another lease');
    return 'asked';
  },
  release: async ({ deviceCode }: StoredLogin) => {
    await bench.store.release(deviceCode.loginId, lease);
    return 'asked';
  },
  withdraw: async ({ deviceCode }: StoredLogin) => (await bench.store.withdraw(deviceCode.loginId, '')).kind,
  withdrawOfAnotherEpoch: async ({ deviceCode }: StoredLogin) =>
    (await bench.store.withdraw(deviceCode.loginId, '17')).kind,
};

type StepName = keyof typeof steps;

/** from state: step → [answer, state in Redis afterwards]. The whole machine, every step in every state. */
const table: Record<StateName, Record<StepName, readonly [string, string | null]>> = {
  pending: {
    poll: ['pending', 'pending'],
    wait: ['pending', 'pending'],
    approve: ['approved', 'approved'],
    approveByStranger: ['approved', 'approved'],
    deny: ['denied', 'denied'],
    settle: ['refused', 'pending'],
    abort: ['asked', 'pending'],
    complete: ['asked', 'pending'],
    completeByStranger: ['asked', 'pending'],
    release: ['asked', 'pending'],
    withdraw: ['refused', 'pending'],
    withdrawOfAnotherEpoch: ['refused', 'pending'],
  },
  approved: {
    poll: ['approved', 'approved'],
    wait: ['approved', 'approved'],
    approve: ['approved', 'approved'],
    approveByStranger: ['decided approved', 'approved'],
    deny: ['decided approved', 'approved'],
    settle: ['issued', 'issued'],
    abort: ['asked', 'aborted'],
    complete: ['asked', 'approved'],
    completeByStranger: ['asked', 'approved'],
    release: ['asked', 'approved'],
    withdraw: ['withdrawn', 'denied'],
    withdrawOfAnotherEpoch: ['refused', 'approved'],
  },
  aborted: {
    poll: ['aborted', 'aborted'],
    wait: ['aborted', 'aborted'],
    approve: ['decided approved', 'aborted'],
    approveByStranger: ['decided approved', 'aborted'],
    deny: ['decided approved', 'aborted'],
    settle: ['refused', 'aborted'],
    abort: ['asked', 'aborted'],
    complete: ['asked', 'aborted'],
    completeByStranger: ['asked', 'aborted'],
    release: ['asked', 'aborted'],
    withdraw: ['refused', 'aborted'],
    withdrawOfAnotherEpoch: ['refused', 'aborted'],
  },
  denied: {
    poll: ['denied', 'denied'],
    wait: ['denied', 'denied'],
    approve: ['decided denied', 'denied'],
    approveByStranger: ['decided denied', 'denied'],
    deny: ['denied', 'denied'],
    settle: ['refused', 'denied'],
    abort: ['asked', 'denied'],
    complete: ['asked', 'denied'],
    completeByStranger: ['asked', 'denied'],
    release: ['asked', 'denied'],
    withdraw: ['refused', 'denied'],
    withdrawOfAnotherEpoch: ['refused', 'denied'],
  },
  issued: {
    poll: ['issued', 'issued'],
    wait: ['issued', 'issued'],
    approve: ['approved', 'issued'],
    approveByStranger: ['decided approved', 'issued'],
    deny: ['decided approved', 'issued'],
    settle: ['issued before', 'issued'],
    abort: ['asked', 'issued'],
    complete: ['asked', 'issued'],
    completeByStranger: ['asked', 'issued'],
    release: ['asked', 'issued'],
    withdraw: ['refused', 'issued'],
    withdrawOfAnotherEpoch: ['refused', 'issued'],
  },
  leased: {
    poll: ['leased', 'issued'],
    wait: ['leased', 'issued'],
    approve: ['approved', 'issued'],
    approveByStranger: ['decided approved', 'issued'],
    deny: ['decided approved', 'issued'],
    settle: ['issued before', 'issued'],
    abort: ['asked', 'issued'],
    complete: ['asked', 'redeemed'],
    completeByStranger: ['asked', 'issued'],
    release: ['asked', 'issued'],
    withdraw: ['refused', 'issued'],
    withdrawOfAnotherEpoch: ['refused', 'issued'],
  },
  lapsed: {
    poll: ['issued', 'issued'],
    wait: ['issued', 'issued'],
    approve: ['approved', 'issued'],
    approveByStranger: ['decided approved', 'issued'],
    deny: ['decided approved', 'issued'],
    settle: ['issued before', 'issued'],
    abort: ['asked', 'issued'],
    complete: ['asked', 'redeemed'],
    completeByStranger: ['asked', 'issued'],
    release: ['asked', 'issued'],
    withdraw: ['refused', 'issued'],
    withdrawOfAnotherEpoch: ['refused', 'issued'],
  },
  redeemed: {
    poll: ['redeemed', 'redeemed'],
    wait: ['redeemed', 'redeemed'],
    approve: ['approved', 'redeemed'],
    approveByStranger: ['decided approved', 'redeemed'],
    deny: ['decided approved', 'redeemed'],
    settle: ['issued before', 'redeemed'],
    abort: ['asked', 'redeemed'],
    complete: ['asked', 'redeemed'],
    completeByStranger: ['asked', 'redeemed'],
    release: ['asked', 'redeemed'],
    withdraw: ['refused', 'redeemed'],
    withdrawOfAnotherEpoch: ['refused', 'redeemed'],
  },
  expired: {
    poll: ['expired', 'pending'],
    wait: ['expired', 'pending'],
    approve: ['expired', 'pending'],
    approveByStranger: ['expired', 'pending'],
    deny: ['expired', 'pending'],
    settle: ['refused', 'pending'],
    abort: ['asked', 'pending'],
    complete: ['asked', 'pending'],
    completeByStranger: ['asked', 'pending'],
    release: ['asked', 'pending'],
    withdraw: ['refused', 'pending'],
    withdrawOfAnotherEpoch: ['refused', 'pending'],
  },
  gone: {
    poll: ['unknown', null],
    wait: ['unknown', null],
    approve: ['unknown', null],
    approveByStranger: ['unknown', null],
    deny: ['unknown', null],
    settle: ['refused', null],
    abort: ['asked', null],
    complete: ['asked', null],
    completeByStranger: ['asked', null],
    release: ['asked', null],
    withdraw: ['refused', null],
    withdrawOfAnotherEpoch: ['refused', null],
  },
};

const cases = Object.entries(table).flatMap(([from, answers]) =>
  Object.entries(answers).map(([step, [answer, to]]) => ({ from, step, answer, to })),
);

test.each(cases)('$step of a login that is $from answers "$answer" and leaves it $to', async (row) => {
  const login = await bench.start();
  await states[row.from as StateName](login);
  expect(await steps[row.step as StepName](login)).toBe(row.answer);
  expect(await bench.redis.hget(bench.keyOf(login), 'state')).toBe(row.to);
  // Whatever was done to it, no login outlives its time.
  expect(await bench.redis.pttl(bench.keyOf(login))).toBeLessThanOrEqual(row.to === null ? -2 : 961_000);
  expect(await bench.redis.pttl(bench.keyOf(login))).not.toBe(-1);
});

/** @shows RFC 8628 §5.5 */
test('a device_code that does not belong to the login learns nothing and changes nothing', async () => {
  const login = await bench.start();
  const other = await bench.start();
  await states.issued(login);
  const crossed = { ...login, deviceCode: { ...login.deviceCode, hash: other.deviceCode.hash } };
  expect(await bench.redeem(crossed)).toEqual({ kind: 'unknown' });
  expect((await bench.redeem(login)).kind).toBe('issued');
});

/** @shows RFC 10027 §6.1.4 */
test('a user_code in use is not given out twice', async () => {
  const login = await bench.start();
  const { loginId } = login.deviceCode;
  const again = await bench.store.start({
    loginId,
    deviceCodeHash: 'x',
    wrappedKey: 'x',
    expiresAtMs: Date.now() + 1000,
    intervalSeconds: 5,
    clientName: '',
    address: '',
    userAgent: '',
  });
  expect(again).toBe(false);
  expect((await bench.redeem(login)).kind).toBe('pending');
});

/** @shows RFC 10027 §6.1.9 */
test('an approval notes how far and long the keys reach, and a repeated one cannot widen it', async () => {
  const login = await bench.start();
  const { loginId } = login.deviceCode;
  await bench.store.approve(loginId, owner, 'the-identity', { scope: 'identity', ttlSeconds: 86_400 });
  await bench.store.approve(loginId, owner, '', { scope: 'account', ttlSeconds: null });
  expect(await bench.redis.hmget(bench.keyOf(login), 'identity_uuid', 'key_scope', 'key_ttl')).toEqual([
    'the-identity',
    'identity',
    '86400',
  ]);
});

test.each([
  ['identity', 'identityOnly'],
  ['notes:read identity', 'identityOnly'],
  ['identity account', 'approved'],
  ['identity:read', 'approved'],
  ['account', 'approved'],
  ['', 'approved'],
])('the account is granted to a client that asks for "%s" or not: %s', async (scope, kind) => {
  const login = await bench.start();
  await bench.redis.hset(bench.keyOf(login), 'scope', scope);
  const { loginId } = login.deviceCode;
  expect(await bench.store.approve(loginId, owner, '')).toMatchObject({ kind });
  const state = kind === 'approved' ? 'approved' : 'pending';
  expect(await bench.redis.hget(bench.keyOf(login), 'state')).toBe(state);
  const narrower = await bench.store.approve(loginId, owner, 'its', { scope: 'identity', ttlSeconds: null });
  expect(narrower.kind).toBe('approved');
});

/** @shows stolen SECRET, RFC 8628 §5.5, RFC 10027 §6.1.12 */
test('once a result is sealed, nothing in Redis can open it: the wrapped key is gone', async () => {
  const login = await bench.start();
  expect(await bench.redis.hexists(bench.keyOf(login), 'wrapped_key')).toBe(1);
  await states.issued(login);
  expect(await bench.redis.hexists(bench.keyOf(login), 'wrapped_key')).toBe(0);
});

test('a denied, aborted or withdrawn login keeps no key, and a redeemed one keeps no result', async () => {
  const [denied, aborted, withdrawn] = [await bench.start(), await bench.start(), await bench.start()];
  const redeemed = await bench.start();
  await states.denied(denied);
  await states.aborted(aborted);
  await states.approved(withdrawn);
  await bench.store.withdraw(withdrawn.deviceCode.loginId, '');
  await states.redeemed(redeemed);
  for (const login of [denied, aborted, withdrawn])
    expect(await bench.redis.hexists(bench.keyOf(login), 'wrapped_key')).toBe(0);
  expect(await bench.redis.hexists(bench.keyOf(redeemed), 'sealed')).toBe(0);
});
