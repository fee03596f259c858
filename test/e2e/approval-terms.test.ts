import { randomUUID } from 'node:crypto';
import type { WireIdentity } from '@ravi/contract';
import { loginIdOf, foldUserCode } from '@ravi/device-login';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { Redis } from 'ioredis';
import { BrowserVisit } from '../support/browser-visit.ts';
import { eventually } from '../support/eventually.ts';
import { call, logIn } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';
import { poll, startLogin, wait } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';
import { toldAbout } from '../support/told.ts';

const secret = `${randomUUID()}${randomUUID()}`;
let deployment: Deployment;
let redis: Redis;
beforeAll(async () => {
  deployment = await deploy({ SECRET: secret, IDENTITY_EMAIL_DOMAIN: 'first.test,second.test' });
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

const api = () => deployment.urls[0];

function loginIdOfCode(userCode: string): string {
  const folded = foldUserCode(userCode);
  if (!folded) throw new Error('Not a user_code.');
  return loginIdOf(folded, deriveServiceKeys(new Secret(secret)).current);
}

/** What Redis holds of a login's approval. */
async function termsOf(userCode: string) {
  const id = loginIdOfCode(userCode);
  const [identity, scope, ttl] = await redis.hmget(
    `ravi:login:{${id}}`,
    'identity_uuid',
    'key_scope',
    'key_ttl',
  );
  return { identity, scope, ttl };
}

async function signedUp(): Promise<BrowserVisit> {
  const visit = new BrowserVisit(api());
  await visit.open('/signup');
  await visit.submit('/signup', { email: `${randomUUID()}@example.com`, password: 'long enough password' });
  return visit;
}

test('an approval that says nothing more is for the whole account, without expiry', async () => {
  const [person, login] = [await Person.signUp(api()), await startLogin(api())];
  expect((await person.approve(api(), login.user_code)).status).toBe(200);
  expect(await termsOf(login.user_code)).toEqual({ identity: '', scope: 'account', ttl: '' });
});

/** @shows RFC 10027 §6.1.9, RFC 10027 §6.1.10 */
test('keys for one identity only name it, also where the account has just one', async () => {
  const [person, login] = [await Person.signUp(api()), await startLogin(api())];
  const answer = await person.approveWith(api(), login.user_code, { key_scope: 'identity', key_ttl: 86_400 });
  expect(answer.status).toBe(200);
  const terms = await termsOf(login.user_code);
  expect(terms).toMatchObject({ scope: 'identity', ttl: '86400' });
  expect(terms.identity).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  { key_scope: 'everything' },
  { key_ttl: 59 },
  { key_ttl: 315_360_001 },
  { key_ttl: 1.5 },
  { identity_uuid: 'mine' },
  { identity_uuid: randomUUID() },
  { identity_uuid: 'new', identity_name: 'x'.repeat(65) },
])('an approval with %j is refused, and decides nothing', async (terms) => {
  const [person, login] = [await Person.signUp(api()), await startLogin(api())];
  expect((await person.approveWith(api(), login.user_code, terms)).status).toBe(400);
  expect((await poll(api(), login.device_code)).body.error).toBe('authorization_pending');
});

test('a new identity is created once, however often the approval is sent, at whichever api', async () => {
  const [person, login] = [await Person.signUp(api()), await startLogin(api())];
  const terms = { identity_uuid: 'new', identity_name: 'Night shift' };
  const answers = await Promise.all(
    [0, 1, 0, 1].map((at) => person.approveWith(deployment.urls[at === 0 ? 0 : 1], login.user_code, terms)),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const { body } = await wait(api(), login.device_code);
  expect(body).toMatchObject({ identity: { name: 'Night shift' } });
  const account = await redis.hgetall(`ravi:account:${person.user.id}`);
  expect(Object.keys(account).filter((field) => field.startsWith('identity:'))).toHaveLength(2);
});

test('the identity of a sign-up, and one that an approval makes, have their address in the first of the domains', async () => {
  const { access } = await logIn(api(), await Person.signUp(api()), 'a test', { identity_uuid: 'new' });
  const { body: identities } = await call<WireIdentity[]>('GET', `${api()}/api/identities/`, access);
  expect(identities.map(({ email }) => email?.split('@')[1])).toEqual(['first.test', 'first.test']);
});

test('no identity is created for a code that does not exist', async () => {
  const person = await Person.signUp(api());
  expect((await person.approveWith(api(), 'BCDF-GHJK', { identity_uuid: 'new' })).status).toBe(404);
  const account = await redis.hgetall(`ravi:account:${person.user.id}`);
  expect(Object.keys(account).filter((field) => field.startsWith('identity:'))).toHaveLength(1);
});

test('an account with several identities that limits the keys to one is asked which, and keeps its choices', async () => {
  const visit = await signedUp();
  const first = await startLogin(api());
  await visit.open(`/device?user_code=${first.user_code}`);
  await visit.submit('/device/decision', {
    decision: 'approve',
    identity_uuid: 'new',
    identity_name: 'Night shift',
  });
  expect(visit.page.status).toBe(200);
  const second = await startLogin(api());
  await visit.open(`/device?user_code=${second.user_code}`);
  expect(visit.words).toContain('Night shift');
  await visit.submit('/device/decision', { decision: 'approve', access: 'identity', key_ttl: '2592000' });
  expect(visit.page.status).toBe(400);
  expect(visit.page.text).toMatch(/value="" selected[\s\S]*value="2592000" selected/);
  const [, uuid = '', name = ''] =
    /value="identity\.([0-9a-f-]{36})"\s*>([^<]+)</.exec(visit.page.text) ?? [];
  await visit.submit('/device/decision', {
    decision: 'approve',
    access: `identity.${uuid}`,
    key_ttl: '2592000',
  });
  expect(visit.page.status).toBe(200);
  expect(visit.words).toContain(`Gets only the identity ${name}, for 30 days`);
  expect(await termsOf(second.user_code)).toEqual({ identity: uuid, scope: 'identity', ttl: '2592000' });
});

test('a name that was typed makes a new identity, or is refused beside another choice; it is never dropped', async () => {
  const visit = await signedUp();
  const login = await startLogin(api());
  await visit.open(`/device?user_code=${login.user_code}`);
  const [, uuid = ''] = /value="identity\.([0-9a-f-]{36})"/.exec(visit.page.text) ?? [];
  const named = { decision: 'approve', identity_name: 'Night shift' };
  for (const access of [`identity.${uuid}`, 'account']) {
    await visit.submit('/device/decision', { ...named, access });
    expect(visit.page.status).toBe(400);
    expect(visit.words).toContain('You gave a name for a new identity, but chose something else.');
    expect(visit.page.text).toMatch(/value="Night shift"/);
  }
  await visit.submit('/device/decision', { ...named, access: 'account.new' });
  expect(visit.page.status).toBe(200);
  expect(await termsOf(login.user_code)).toMatchObject({ scope: 'account' });
  expect((await wait(api(), login.device_code)).body).toMatchObject({ identity: { name: 'Night shift' } });
});

/** @shows ASVS V10.7.1 */
test('a form that says neither approve nor deny decides nothing: it is shown again with what was chosen, and counts as shown when it first was', async () => {
  const login = await startLogin(api());
  const visit = await signedUp();
  const firstShown = () => /name="shown" value="(\d{13}\.[^"]+)"/.exec(visit.page.text)?.[1];
  await visit.open(`/device?user_code=${login.user_code}`);
  const [mark, page] = [firstShown(), visit.page];
  expect(mark).toBeDefined();
  const chosen = { access: 'account.new', identity_name: 'Night shift', key_ttl: '86400' };
  for (const wrong of [{ access: 'everything' }, { key_ttl: 'soon' }, {}]) {
    visit.page = page;
    await visit.submit('/device/decision', { decision: 'perhaps', ...chosen, ...wrong });
    expect([visit.page.status, firstShown()]).toEqual([400, mark]);
  }
  expect(visit.page.text).toMatch(/"account\.new" selected[^]*value="Night shift"[^]*value="86400" selected/);
  expect((await poll(api(), login.device_code)).body.error).toBe('authorization_pending');
  await visit.submit('/device/decision', { decision: 'approve' });
  expect((await wait(api(), login.device_code)).status).toBe(200);
  visit.page = page;
  await visit.submit('/device/decision', { decision: '' });
  expect([visit.page.status, visit.words]).toEqual([200, expect.stringContaining('Approved by you')]);
});

test('a form whose choice is none of the list, or is empty, never gives the whole account', async () => {
  const visit = await signedUp();
  const login = await startLogin(api());
  await visit.open(`/device?user_code=${login.user_code}`);
  const { text } = visit.page;
  for (const access of ['everything', 'account.', 'identity.mine']) {
    await visit.submit('/device/decision', { decision: 'approve', access });
    expect(visit.page.status).toBe(400);
    visit.page = { ...visit.page, text };
  }
  await visit.submit('/device/decision', { decision: 'approve', access: '' });
  expect(visit.page.status).toBe(200);
  expect(await termsOf(login.user_code)).toMatchObject({ scope: 'identity' });
});

/** @shows somebody else’s */
test('who decided is told so when the login is gone, without counting guesses, until 20 later decisions; others learn nothing', async () => {
  const visit = await signedUp();
  const login = await startLogin(api(), 'Moon agent');
  await visit.open(`/device?user_code=${login.user_code}`);
  await visit.submit('/device/decision', { decision: 'approve', key_ttl: '2592000' });
  const loginKey = `ravi:login:{${loginIdOfCode(login.user_code)}}`;
  const userId = Number(await redis.hget(loginKey, 'user_id'));
  const list = `ravi:account-decisions:${userId}`;
  expect(await redis.pttl(list)).toBeGreaterThan(86_300_000);
  await redis.del(loginKey);
  for (const path of ['/device', '/device/result', '/device', '/device', '/device', '/device', '/device']) {
    await visit.open(`${path}?user_code=${login.user_code}`);
    expect(visit.page.status).toBe(200);
    expect(visit.words).toMatch(
      /This was a while ago\..*Approved by you .*Moon agent.*whole account .*for 30 days/,
    );
  }
  const stranger = await signedUp();
  await stranger.open(`/device/result?user_code=${login.user_code}`);
  expect(stranger.page.status).toBe(404);
  for (let later = 0; later < 20; later++) {
    const other = await startLogin(api());
    await visit.open(`/device?user_code=${other.user_code}`);
    await visit.submit('/device/decision', { decision: 'deny' });
  }
  expect(await redis.llen(list)).toBe(20);
  await visit.open(`/device/result?user_code=${login.user_code}`);
  expect([visit.page.status, visit.words]).toEqual([404, expect.not.stringContaining('Moon agent')]);
});

test('an approved login for which no credentials can be made is aborted: its program is not told that somebody denied it, and the log says why', async () => {
  const [person, login] = [await Person.signUp(api()), await startLogin(api())];
  const loginId = loginIdOfCode(login.user_code);
  const waiting = wait(api(), login.device_code);
  // As an issuer with another SECRET sees it.
  await redis.hset(`ravi:login:{${loginId}}`, 'wrapped_key', 'x'.repeat(64));
  expect((await person.approve(api(), login.user_code)).status).toBe(200);
  const { status, body } = await waiting;
  expect([status, body.error]).toEqual([400, 'invalid_grant']);
  expect(body['error_description']).toContain('Nobody denied it');
  expect(await poll(api(), login.device_code)).toMatchObject({ body: { error: 'invalid_grant' } });
  const lines = await eventually('the log says so', () => {
    const own = deployment.issuer
      .output()
      .split('\n')
      .filter((line) => line.includes(loginId));
    return own.some((line) => line.includes('login aborted')) && own;
  });
  expect(lines.join()).toContain('"reason":"secret_differs"');
  expect(lines.join()).not.toContain('login issued');
  expect(await toldAbout(redis, person.user.id, 'aborted')).toContainEqual(
    expect.objectContaining({ event: 'aborted', login: loginId, reason: 'secret_differs' }),
  );
});
