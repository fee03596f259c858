import {
  FactorStore,
  type Factors,
  foldRecoveryCode,
  hashOfRecoveryCode,
  newRecoveryCodes,
  noFactors,
  recoveryCodeCount,
  SessionStore,
} from '@ravi/accounts';
import { NewerFormat } from '@ravi/runtime';
import { connectedRedis } from '../support/connected-redis.ts';
import { World } from '../support/credential-world.ts';

const { redis } = await connectedRedis();
const world = new World(redis);
const store = new FactorStore(redis, world.prefix);
const totp = { sealedSecret: '1.sealed', lastStep: 7, addedAtMs: 1, lastUsedAtMs: null };
const key = (id: number) => `${world.prefix}ravi:account:${id}`;

async function withTotp(recoveryCodes: readonly string[] = []): Promise<number> {
  const { id } = await world.person();
  await store.change(id, (now) => ({ kind: 'change', factors: { ...now, totp, recoveryCodes } }));
  return id;
}

/** What somebody does who enters a code of this step. */
const useStep = (step: number) => (now: Factors) =>
  now.totp !== null && step > now.totp.lastStep
    ? ({ kind: 'change', factors: { ...now, totp: { ...now.totp, lastStep: step } } } as const)
    : ({ kind: 'refuse', reason: 'replayed' } as const);

/** @shows ASVS V6.5.1 */
test('a code of an authenticator counts once, also where it comes many times at the same moment', async () => {
  const id = await withTotp();
  const uses = await Promise.all(Array.from({ length: 20 }, () => store.change(id, useStep(8))));
  expect(uses.filter(({ kind }) => kind === 'changed')).toHaveLength(1);
  expect(uses.filter(({ kind }) => kind === 'refused')).toHaveLength(19);
  expect((await store.change(id, useStep(7))).kind).toBe('refused');
  expect((await store.change(id, useStep(9))).kind).toBe('changed');
});

test('each recovery code counts once, in any spelling, for its account alone', async () => {
  const codes = newRecoveryCodes();
  expect(new Set(codes).size).toBe(recoveryCodeCount);
  const [code = ''] = codes;
  expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}$/);
  const folded = foldRecoveryCode(` ${code.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O')}`);
  expect(folded).toBe(code.replaceAll('-', ''));
  expect(foldRecoveryCode('lI1O-o0ab-cdef-ghjk')).toBe('111000abcdefghjk');
  expect(foldRecoveryCode('123456')).toBeNull();
  const id = await withTotp(codes.map((each) => hashOfRecoveryCode(7, each.replaceAll('-', ''))));
  expect((await store.read(id)).recoveryCodes).toContain(hashOfRecoveryCode(7, folded ?? ''));
  expect((await store.read(id)).recoveryCodes).not.toContain(hashOfRecoveryCode(8, folded ?? ''));
  expect(JSON.stringify(await redis.hgetall(key(id)))).not.toContain(folded);
});

test('with the last factor the recovery codes go, and an account that is gone gets none', async () => {
  const id = await withTotp(['a hash']);
  expect((await world.accounts.read(id))?.account.hasSecondFactor).toBe(true);
  await store.change(id, (now) => ({ kind: 'change', factors: { ...now, totp: null } }));
  expect(await store.read(id)).toEqual(noFactors);
  expect((await world.accounts.read(id))?.account.hasSecondFactor).toBe(false);
  expect(await redis.hmget(key(id), 'factors', 'second_factor')).toEqual([null, null]);
  // A request of a session that was ended meanwhile changes nothing either.
  const epoch = (await world.accounts.read(id))?.account.sessionsEpoch ?? '';
  const add = () => store.change(id, (now) => ({ kind: 'change', factors: { ...now, totp } }), epoch);
  await world.accounts.end(id, 'sessions');
  expect([(await add()).kind, await store.read(id)]).toEqual(['unknown', noFactors]);
  // Nor is it told what it would leave as it is.
  const leave = () => store.change(id, () => ({ kind: 'refuse', reason: 'isLast' }), epoch);
  expect((await leave()).kind).toBe('unknown');
  const change = await store.change(1, () => ({ kind: 'change', factors: { ...noFactors, totp } }));
  expect([change.kind, await redis.exists(key(1))]).toEqual(['unknown', 0]);
});

test('a change that ends the sessions begins another epoch of them in the same step', async () => {
  const id = await withTotp();
  const epochNow = async () => (await world.accounts.read(id))?.account.sessionsEpoch ?? '';
  const before = await epochNow();
  const goesOn = await store.change(id, useStep(8), before);
  expect([goesOn, await epochNow()]).toMatchObject([{ kind: 'changed', sessionsEpoch: '' }, before]);
  const ends = await store.change(id, (factors) => ({ kind: 'change', factors, endsSessions: true }), before);
  expect(Number(await epochNow())).toBeGreaterThan(Number(before));
  expect(ends).toMatchObject({ kind: 'changed', sessionsEpoch: await epochNow() });
});

test('factors that a newer release wrote are left alone', async () => {
  const id = await withTotp();
  await redis.hset(key(id), 'factors', JSON.stringify({ v: 99, totp }));
  await expect(store.read(id)).rejects.toThrow(NewerFormat);
  await expect(store.change(id, useStep(8))).rejects.toThrow(NewerFormat);
});

/** @shows ASVS V7.2.4 */
test('the form that changed the token of a session finds it again for a minute, with the former token alone; another form does not', async () => {
  const sessions = new SessionStore(redis, { idleSeconds: 100, maxSeconds: 1000 }, world.prefix);
  const { id } = await world.person();
  const account = (await world.accounts.read(id))?.account;
  if (!account) throw new Error('The account is gone.');
  const nowMs = Date.now();
  const before = await sessions.open(account, { address: '192.0.2.1', userAgent: '' }, nowMs);
  const { firstId } = (await sessions.read(before, nowMs)) ?? {};
  const byApp = { by: 'password', factor: 'totp' } as const;
  const renewed = await Promise.all([1, 2].map(() => sessions.renew(before, byApp, nowMs, 'a form')));
  renewed.push(await sessions.renew(before, byApp, nowMs, 'a form'));
  expect(new Set(renewed).size).toBe(3);
  for (const token of renewed)
    expect(await sessions.read(token ?? '', nowMs)).toMatchObject({ firstId, authentication: byApp });
  for (const [token, form] of [
    [before, 'another form'],
    [before, ''],
    [renewed[0] ?? '', 'a form'],
    ['no token at all', 'a form'],
  ] as const)
    expect(await sessions.continuedBy(token, form, nowMs)).toBeNull();
  // No form brings back a session that ended with all others of its account.
  await world.accounts.end(id, 'sessions');
  expect(await sessions.continuedBy(before, 'a form', nowMs)).toBeNull();
});

/** @shows ASVS V7.3.2 */
test('a session that goes on under another token keeps the time of its sign-in, and ends when it would have ended', async () => {
  const sessions = new SessionStore(redis, { idleSeconds: 100, maxSeconds: 1000 }, world.prefix);
  const { id } = await world.person();
  const account = (await world.accounts.read(id))?.account;
  if (!account) throw new Error('The account is gone.');
  const startedAtMs = Date.now();
  const before = await sessions.open(account, { address: '192.0.2.1', userAgent: '' }, startedAtMs);
  const lateMs = startedAtMs + 950_000;
  const rotated = (await sessions.rotate(before, lateMs, 'a form')) ?? '';
  const twin = (await sessions.continuedBy(before, 'a form', lateMs)) ?? '';
  const renewed = (await sessions.renew(rotated, { by: 'passkey', factor: null }, lateMs, '')) ?? '';
  for (const token of [twin, renewed]) {
    const left = await redis.pttl(`${world.prefix}ravi:session:${sessions.idOf(token)}`);
    expect([left > 0, left <= 50_000]).toEqual([true, true]);
  }
  const told = await sessions.list(id, lateMs);
  expect(told.map((session) => session.startedAtMs)).toEqual([startedAtMs, startedAtMs]);
});

/** @shows ASVS V7.2.4 */
test('a session tells how its person was authenticated last, each time under another token; one of an older release counts as opened with a password', async () => {
  const sessions = new SessionStore(redis, { idleSeconds: 100, maxSeconds: 1000 }, world.prefix);
  const { id } = await world.person();
  const account = (await world.accounts.read(id))?.account;
  if (!account) throw new Error('The account is gone.');
  const nowMs = Date.now();
  const origin = { address: '192.0.2.1', userAgent: '' };
  const before = await sessions.open(account, origin, nowMs, { by: 'password', factor: 'totp' });
  const first = await sessions.read(before, nowMs);
  expect(first?.authentication).toEqual({ by: 'password', factor: 'totp', atMs: nowMs });
  const byPasskey = { by: 'passkey', factor: null } as const;
  const renew = (form: string) => sessions.renew(before, byPasskey, nowMs + 5, form);
  const [one, twin] = await Promise.all([renew('a form'), renew('another form')]);
  expect([one, twin].filter((renewed) => renewed === null)).toHaveLength(1);
  const token = one ?? twin ?? '';
  expect(await sessions.read(before, nowMs)).toBeNull();
  expect(await sessions.list(account.id, Date.now())).toHaveLength(1);
  const authentication = async () => (await sessions.read(token, nowMs))?.authentication;
  expect(await authentication()).toEqual({ by: 'passkey', factor: null, atMs: nowMs + 5 });
  expect((await sessions.read(token, nowMs))?.firstId).toBe(first?.firstId);
  // A proof that another session takes over keeps its age.
  const proven = { by: 'password', factor: 'totp', atMs: nowMs - 500 } as const;
  const afresh = await sessions.open(account, origin, nowMs, proven);
  expect((await sessions.read(afresh, nowMs))?.authentication).toEqual(proven);
  const place = `${world.prefix}ravi:session:${sessions.idOf(token)}`;
  const { authentication: _, ...older } = JSON.parse((await redis.get(place)) ?? '') as Record<
    string,
    unknown
  >;
  await redis.set(place, JSON.stringify(older), 'KEEPTTL');
  expect(await authentication()).toEqual({ by: 'password', factor: null, atMs: nowMs });
  await sessions.close(token);
  expect(await sessions.renew(token, byPasskey, nowMs, 'a form')).toBeNull();
  expect(await redis.exists(place)).toBe(0);
});
