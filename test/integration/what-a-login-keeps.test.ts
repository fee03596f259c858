import { randomUUID } from 'node:crypto';
import {
  generateUserCode,
  loginIdOf,
  mintDeviceCode,
  type NewLogin,
  removeLoginTraces,
} from '@ravi/device-login';
import { LoginBench } from '../support/logins.ts';
import { owner } from '../support/login-states.ts';
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

const service = 'https://service.example/';

/** A login of an OAuth 2.0 client, with everything that a start may say. */
async function startForClient() {
  const loginId = loginIdOf(generateUserCode(), bench.keys.current);
  const deviceCode = mintDeviceCode(loginId, Date.now() + 900_000, bench.keys.current);
  const facts = { clientName: 'Deploy tool', address: '192.0.2.7', userAgent: 'curl/8', country: 'NO' };
  const login: NewLogin = {
    ...facts,
    loginId,
    deviceCodeHash: deviceCode.hash,
    wrappedKey: 'wrapped',
    expiresAtMs: deviceCode.expiresAtMs,
    intervalSeconds: 5,
    client: { id: 'deploy', scope: 'account identity', resource: service },
  };
  expect(await bench.store.start(login)).toBe(true);
  const present = (client: { id: string; keyThumbprint: string; resource?: string } | undefined) =>
    bench.store.redeem({
      loginId,
      deviceCodeHash: deviceCode.hash,
      mode: { kind: 'poll' },
      lease: randomUUID(),
      askedAtMs: Date.now(),
      ...(client ? { client } : {}),
    });
  return { loginId, facts, present, expiresAtMs: deviceCode.expiresAtMs, hash: deviceCode.hash };
}

/** Expects a time between two moments of this machine's clock, which is also that of Redis. */
function expectBetween(atMs: number | undefined, sinceMs: number): void {
  expect(atMs).toBeGreaterThanOrEqual(sinceMs);
  expect(atMs).toBeLessThanOrEqual(Date.now() + 1);
}

test('the human and the issuer are told what a login was started with, and the key that its client proved', async () => {
  const beganMs = Date.now();
  const { loginId, facts, present, expiresAtMs, hash } = await startForClient();
  expect((await present({ id: 'deploy', keyThumbprint: 'thumbprint', resource: service })).kind).toBe(
    'pending',
  );
  const summary = await bench.store.describe(loginId, Date.now());
  const asked = {
    clientId: 'deploy',
    requestedScope: 'account identity',
    resource: service,
    keyThumbprint: 'thumbprint',
  };
  expect(summary).toMatchObject({ ...facts, ...asked, state: 'pending', expiresAtMs, decision: null });
  expectBetween(summary?.startedAtMs, beganMs);

  const terms = { scope: 'identity', ttlSeconds: 3600 } as const;
  const decidedMs = Date.now();
  await bench.store.approve(loginId, owner, 'an-identity', terms, 'nb', 'an-epoch');
  const approved = await bench.store.readForIssuance(loginId);
  const { country: _, ...kept } = facts;
  expect(approved).toMatchObject({
    ...kept,
    ...asked,
    state: 'approved',
    protocol: 'oauth',
    userId: owner,
    identityUuid: 'an-identity',
    wrappedKey: 'wrapped',
    deviceCodeHash: hash,
    keyScope: 'identity',
    keyTtlSeconds: 3600,
    language: 'nb',
    accountEpoch: 'an-epoch',
  });
  expectBetween(approved?.approvedAtMs, decidedMs);
  const decided = await bench.store.describe(loginId, Date.now());
  expect(decided?.decision).toMatchObject({
    userId: owner,
    wrongNumber: false,
    identityUuid: 'an-identity',
    keyScope: 'identity',
    keyTtlSeconds: 3600,
  });
  expectBetween(decided?.decision?.atMs, decidedMs);
});

/** @shows RFC 8628 §5.2 */
test('a code is nothing to another client, in the other API, or for another service', async () => {
  const { loginId, present } = await startForClient();
  expect((await present(undefined)).kind).toBe('unknown');
  expect((await present({ id: 'another', keyThumbprint: '' })).kind).toBe('unknown');
  const elsewhere = { id: 'deploy', keyThumbprint: 'thumbprint', resource: 'https://other.example/' };
  expect((await present(elsewhere)).kind).toBe('otherResource');
  expect((await bench.store.describe(loginId, Date.now()))?.keyThumbprint).toBe('');
  expect((await present({ id: 'deploy', keyThumbprint: '' })).kind).toBe('pending');
});

test('the key that a client proves after the issuance binds nothing', async () => {
  const { loginId, present } = await startForClient();
  await present({ id: 'deploy', keyThumbprint: 'thumbprint' });
  await bench.store.approve(loginId, owner, '');
  await bench.store.settle(loginId, 'sealed');
  expect((await present({ id: 'deploy', keyThumbprint: 'another' })).kind).toBe('issued');
  expect((await present({ id: 'deploy', keyThumbprint: 'another' })).kind).toBe('leased');
  expect((await bench.store.readForIssuance(loginId))?.keyThumbprint).toBe('thumbprint');
});

test('an api that held a request and answered it is not woken for it again', async () => {
  const login = await bench.start();
  const { loginId } = login.deviceCode;
  const held = { kind: 'wait', instance: 'an-api' } as const;
  await bench.redeem(login, held);
  await bench.store.approve(loginId, owner, '');
  await bench.store.settle(loginId, 'sealed');
  await bench.redeem(login, { ...held, kind: 'check' }, 'its-lease');
  expect(await bench.store.complete(loginId, 'its-lease')).toEqual([]);
});

test('the apis of four pages that follow are woken, and one that asks again takes no place of another', async () => {
  const login = await bench.start();
  const { loginId } = login.deviceCode;
  await bench.store.approve(loginId, owner, '');
  for (const instance of ['a', 'b', 'c', 'd', '', 'a', 'd', '', 'b'])
    expect(await bench.store.watch(loginId, owner, instance)).toBe('waiting');
  await bench.store.settle(loginId, 'sealed');
  await bench.redeem(login, { kind: 'poll' }, 'its-lease');
  expect((await bench.store.complete(loginId, 'its-lease')).toSorted()).toEqual(['a', 'b', 'c', 'd']);
});

test('it is told when a login was denied, and why', async () => {
  const login = await bench.start();
  const { loginId } = login.deviceCode;
  const decidedMs = Date.now();
  await bench.store.deny(loginId, owner, 'wrong_number');
  const summary = await bench.store.describe(loginId, Date.now());
  expect(summary).toMatchObject({ state: 'denied', decision: { userId: owner, wrongNumber: true } });
  expectBetween(summary?.decision?.atMs, decidedMs);
});

test('how long an approval waited, and when its login began, is told in milliseconds', async () => {
  const beganMs = Date.now();
  const login = await bench.start();
  const decision = await bench.store.approve(login.deviceCode.loginId, owner, '');
  expectBetween(decision.kind === 'approved' ? decision.startedAtMs : undefined, beganMs);
  const asked = await bench.redeem(login);
  if (asked.kind !== 'approved') throw new Error(`It is ${asked.kind}.`);
  expectBetween(asked.startedAtMs, beganMs);
  await bench.store.settle(login.deviceCode.loginId, 'sealed');
  const collected = await bench.redeem(login);
  if (collected.kind !== 'issued') throw new Error(`It is ${collected.kind}.`);
  const sinceMs = Date.now() - beganMs;
  for (const { approvedForMs } of [asked, collected]) {
    expect(approvedForMs).toBeGreaterThan(0);
    expect(approvedForMs).toBeLessThanOrEqual(sinceMs + 1);
  }
  expect(collected.approvedForMs).toBeGreaterThan(asked.approvedForMs);
});

test('on what an approval depends is told until it is issued: whose it is, of which epoch, and for which identity', async () => {
  const [login, plain] = [await bench.start(), await bench.start()];
  const { loginId } = login.deviceCode;
  expect(await bench.store.readApproval(loginId)).toBeNull();
  await bench.store.approve(loginId, owner, 'an identity', undefined, '', '5');
  expect(await bench.store.readApproval(loginId)).toEqual({
    userId: owner,
    accountEpoch: '5',
    identityUuid: 'an identity',
  });
  await bench.store.settle(loginId, 'sealed');
  expect(await bench.store.readApproval(loginId)).toBeNull();
  await bench.store.approve(plain.deviceCode.loginId, owner, '');
  const none = { userId: owner, accountEpoch: '', identityUuid: '' };
  expect(await bench.store.readApproval(plain.deviceCode.loginId)).toEqual(none);
});

test('a sweep takes a login for waiting only as long as it is pending, and waited for here', async () => {
  const [here, there, decided] = [await bench.start(), await bench.start(), await bench.start()];
  await bench.redeem(here, { kind: 'wait', instance: 'here' });
  await bench.redeem(there, { kind: 'wait', instance: 'there' });
  await bench.redeem(decided, { kind: 'wait', instance: 'here' });
  await bench.store.deny(decided.deviceCode.loginId, owner);
  const ids = [here, there, decided].map(({ deviceCode }) => deviceCode.loginId);
  expect(await bench.store.stillWaiting(ids, 'here')).toEqual([true, false, false]);
});

test('of a deleted account the logins that it decided are removed, and its list of them; nobody else’s, and nothing else', async () => {
  const [its, theirs] = [await bench.start(), await bench.start()];
  await bench.store.approve(its.deviceCode.loginId, owner, '');
  await bench.store.approve(theirs.deviceCode.loginId, owner + 1, '');
  const list = (userId: number) => `${bench.prefix}ravi:account-decisions:${userId}`;
  const another = `${bench.prefix}another`;
  await bench.redis.hset(another, 'user_id', owner);
  for (const userId of [owner, owner + 1]) await bench.redis.lpush(list(userId), '{}');
  const keys = [bench.keyOf(its), bench.keyOf(theirs), list(owner), list(owner + 1), another];
  const remove = () => removeLoginTraces(bench.redis, keys, owner, bench.prefix);
  expect(await remove()).toBe(2);
  const left = await Promise.all(keys.map((key) => bench.redis.exists(key)));
  expect(left).toEqual([0, 1, 0, 1, 1]);
  expect(await remove()).toBe(0);
});
