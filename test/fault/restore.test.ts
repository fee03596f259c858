import { randomUUID } from 'node:crypto';
import type { DeviceTokenSuccess, TokenRefreshSuccess, WireNewApiKey, WireUser } from '@ravi/contract';
import { Redis } from 'ioredis';
import { BrowserVisit } from '../support/browser-visit.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';
import { poll, startLogin } from '../support/program.ts';
import { hasRedisServer } from '../support/redis-server.ts';
import { RestorableRedis } from '../support/restorable-redis.ts';
import { type Deployment, deploy } from '../support/stack.ts';

const describeWithOwnRedis = hasRedisServer ? describe : describe.skip;

describeWithOwnRedis('an older copy is restored while two apis and an issuer run', () => {
  let redis: RestorableRedis;
  let deployment: Deployment;
  const here = () => deployment.urls[0];
  const there = () => deployment.urls[1];

  const works = async (credential: string, url = there()) =>
    (await call('GET', `${url}/api/auth/user/`, credential)).status === 200;
  const refresh = async (token: string, url = here()) =>
    send<TokenRefreshSuccess>(`${url}/api/auth/token/refresh/`, { json: { refresh: token } });
  const signUp = (email: string, password: string) =>
    send<{ user: WireUser }>(`${here()}/api/auth/signup/`, { json: { email, password } });
  const signsIn = async (email: string, password: string) =>
    (await send(`${there()}/api/auth/login/`, { json: { email, password } })).status === 200;
  const forgetAnswers = async () => {
    const client = new Redis(redis.url);
    const kept = await client.keys('ravi:mint:*');
    if (kept.length > 0) await client.del(kept);
    client.disconnect();
  };

  // Before the copy.
  let anna: Person;
  let kept: DeviceTokenSuccess;
  let keptKey: string;
  let ended: DeviceTokenSuccess;
  let uncollected: { readonly device_code: string; readonly user_code: string };
  const newPassword = `pw-${randomUUID()}`;
  // Since the copy.
  let ben: Person;
  let lost: DeviceTokenSuccess;
  let lostKey: string;
  let newer: string;
  let older: string;
  let newIdentity: string;
  let moved: BrowserVisit;
  let justBefore: object;

  beforeAll(async () => {
    redis = await RestorableRedis.start();
    deployment = await deploy({}, redis);
    anna = await Person.signUp(here());
    kept = await logIn(here(), anna, 'kept');
    const key = await call<WireNewApiKey>('POST', `${here()}/api/auth/keys/management/`, kept.access, {});
    keptKey = key.body.key;
    ended = await logIn(here(), anna, 'ended since the copy');
    uncollected = await startLogin(here());

    const copy = await redis.backUp();

    const first = (await refresh(kept.refresh)).body.refresh;
    await forgetAnswers();
    newer = (await refresh(first)).body.refresh;
    older = first;
    await forgetAnswers();
    await call('POST', `${here()}/api/auth/logout/`, ended.access);
    const endedWorks = await works(ended.management_key);
    moved = new BrowserVisit(here());
    await moved.open('/signin?next=password');
    await moved.submit('/signin', { email: anna.email, password: anna.password });
    await moved.submit('/account/password', { current_password: anna.password, new_password: newPassword });
    const newPasswordWorks = await signsIn(anna.email, newPassword);
    const identity = await call<{ uuid: string }>(
      'POST',
      `${here()}/api/identities/`,
      kept.management_key,
      {},
    );
    newIdentity = identity.body.uuid;
    ben = await Person.signUp(there());
    lost = await logIn(there(), ben, 'lost');
    lostKey = (await call<WireNewApiKey>('POST', `${here()}/api/auth/keys/management/`, lost.access, {})).body
      .key;
    justBefore = { endedWorks, newPasswordWorks, lostKeyWorks: await works(lostKey) };

    await redis.restore(copy);
    for (const { adminUrl } of [...deployment.apis, deployment.issuer]) {
      await eventually('it is ready', async () => (await fetch(`${adminUrl}/readyz`)).status === 200);
    }
  });
  afterAll(() => deployment.stop());

  test('just before the restore what was ended was dead, and what was made was alive', () => {
    expect(justBefore).toEqual({ endedWorks: false, newPasswordWorks: true, lostKeyWorks: true });
  });

  test('credentials from before the copy work, at every api', async () => {
    for (const url of deployment.urls) {
      for (const credential of [kept.access, kept.management_key, keptKey]) {
        expect(await works(credential, url)).toBe(true);
      }
    }
  });

  /** @shows lost data, restored copy */
  test('a refresh token that was got since the copy works, and goes on; the one before it is a copy, and ends the login', async () => {
    const next = await refresh(newer);
    expect(next.status).toBe(200);
    expect(await works(next.body.access)).toBe(true);
    await forgetAnswers();
    const after = await refresh(next.body.refresh, there());
    expect(after.status).toBe(200);
    await forgetAnswers();
    expect((await refresh(older)).status).toBe(401);
    expect(await works(after.body.access)).toBe(false);
    expect(await works(kept.management_key)).toBe(false);
  });

  /** @shows restored copy */
  test('what was ended since the copy is alive again, until it is ended anew', async () => {
    expect(await works(ended.access)).toBe(true);
    expect(await works(ended.management_key)).toBe(true);
    const visit = new BrowserVisit(here());
    await visit.open('/signin?next=programs');
    await visit.submit('/signin', { email: anna.email, password: anna.password });
    await visit.press('/account/programs/end', 'End all programs and keys');
    for (const credential of [ended.access, ended.management_key, kept.management_key, keptKey]) {
      expect(await works(credential)).toBe(false);
    }
  });

  test('passwords and sessions are those of the copy: one that was changed since is the old one again', async () => {
    expect(await signsIn(anna.email, newPassword)).toBe(false);
    expect(await signsIn(anna.email, anna.password)).toBe(true);
    await moved.open('/account/sessions');
    expect(moved.words).not.toContain('Where you are signed in');
    const again = await startLogin(here());
    expect((await anna.approve(here(), again.user_code)).status).toBe(200);
  });

  test('who signed up since the copy is nobody: neither session, token nor key opens anything, at any api', async () => {
    const { user_code } = await startLogin(here());
    expect((await ben.approve(here(), user_code)).status).toBe(401);
    for (const url of deployment.urls) {
      for (const credential of [lost.access, lost.management_key, lostKey]) {
        expect(await works(credential, url)).toBe(false);
      }
    }
    expect((await refresh(lost.refresh)).status).toBe(401);
    expect(await signsIn(ben.email, ben.password)).toBe(false);
  });

  /** @shows lost data, restored copy */
  test('a sign-up after it, with the same address too, gets an id that nobody had: what was lost stays dead', async () => {
    const again = await signUp(ben.email, ben.password);
    expect(again.status).toBe(201);
    const others = await Promise.all(
      Array.from({ length: 10 }, () => signUp(`${randomUUID()}@example.com`, `pw-${randomUUID()}`)),
    );
    const ids = [again, ...others].map(({ body }) => body.user.id);
    expect(new Set([...ids, ben.user.id, anna.user.id]).size).toBe(ids.length + 2);
    for (const credential of [lost.access, lost.management_key, lostKey]) {
      expect(await works(credential)).toBe(false);
    }
    expect((await refresh(lost.refresh)).status).toBe(401);
  });

  test('an identity that was made since the copy is gone', async () => {
    const bearer = (await logIn(here(), anna, 'looks')).access;
    expect((await call('GET', `${here()}/api/identities/${newIdentity}/`, bearer)).status).toBe(404);
  });

  test('a login that was pending in the copy is pending again, and new ones go from start to answer', async () => {
    expect((await poll(there(), uncollected.device_code)).body.error).toBe('authorization_pending');
    const fresh = await logIn(there(), anna, 'after the restore');
    expect(await works(fresh.access)).toBe(true);
    expect((await refresh(fresh.refresh)).status).toBe(200);
  });

  test('what is written after it survives a restart: the append-only file goes on from the copy', async () => {
    const fresh = await logIn(here(), anna, 'restarted');
    await redis.restart();
    await eventually(
      'the api is ready',
      async () => (await fetch(`${deployment.apis[1].adminUrl}/readyz`)).status === 200,
    );
    expect(await works(fresh.management_key)).toBe(true);
  });
});
