import { randomUUID } from 'node:crypto';
import type { DeviceTokenSuccess } from '@ravi/contract';
import { Redis } from 'ioredis';
import { type AccountsRun, runAccounts, statusesOf } from '../support/accounts-tool.ts';
import { BrowserVisit } from '../support/browser-visit.ts';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { ProviderVisit } from '../support/oidc-provider/provider-visit.ts';
import { type OidcProvider, startOidcProvider } from '../support/oidc-provider/start.ts';
import { Person } from '../support/person.ts';
import { poll, startLogin, waitPatiently } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';
import { allTold, toldAbout } from '../support/told.ts';

const publicUrl = 'http://login.localhost:3000';
let provider: OidcProvider;
let deployment: Deployment;
let redis: Redis;
beforeAll(async () => {
  provider = await startOidcProvider('one', publicUrl);
  deployment = await deploy({ PUBLIC_URL: publicUrl, OIDC_PROVIDERS: 'one', ...provider.env });
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
  await provider.close();
});

const accounts = (...args: string[]): Promise<AccountsRun> => runAccounts(deployment.redis.url, args);
const idOf = (person: Person) => String(person.user.id);

const signIn = ({ email, password }: Pick<Person, 'email' | 'password'>, api = 0) =>
  send<{ detail?: string }>(`${deployment.urls[api === 0 ? 0 : 1]}/api/auth/login/`, {
    json: { email, password },
  });

const opens = (credential: string) => statusesOf(deployment.urls, credential);

const refreshes = async ({ refresh }: DeviceTokenSuccess) =>
  (await send(`${deployment.urls[1]}/api/auth/token/refresh/`, { json: { refresh } })).status;

/** Every key of Redis with all that it holds, but for the audit log and mint requests, which live for seconds. */
async function dump(): Promise<string> {
  const texts = [];
  for (const key of await redis.keys('ravi:*')) {
    if (key.startsWith('ravi:mint:')) continue;
    const type = await redis.type(key);
    const value =
      type === 'hash'
        ? await redis.hgetall(key)
        : type === 'zset'
          ? await redis.zrange(key, '0', '-1')
          : type === 'string'
            ? await redis.get(key)
            : '';
    texts.push(`${key} ${JSON.stringify(value)}`);
  }
  return texts.join('\n');
}

/** @shows blocked account, ASVS V7.4.2, ASVS V7.4.5 */
test('a blocked account is out at once at every api: sessions, tokens, keys, approvals; and stays out', async () => {
  const [first, second] = deployment.urls;
  const person = await Person.signUp(first);
  const login = await logIn(first, person);
  const browser = new BrowserVisit(second);
  await browser.open('/signin');
  await browser.submit('/signin', { email: person.email, password: person.password });
  const undecided = await startLogin(first);
  expect(await opens(login.access)).toEqual([200, 200]);

  const blocked = await accounts('block', person.email, '--by', 'grace', '--json');
  expect(blocked.code).toBe(0);
  expect(blocked.documents).toEqual([{ done: 'blocked', id: person.user.id, told: false }]);

  for (const credential of [login.access, login.management_key])
    expect(await opens(credential)).toEqual([401, 401]);
  expect(await refreshes(login)).toBe(401);
  expect((await person.approve(second, undecided.user_code)).status).toBe(401);
  await browser.open('/account/sessions');
  expect(browser.words).toContain('Sign in');

  expect([(await signIn(person)).status, (await signIn(person, 1)).status]).toEqual([403, 403]);
  await browser.open('/signin');
  await browser.submit('/signin', { email: person.email, password: person.password });
  expect(browser.page.status).toBe(403);
  expect(browser.words).toContain('Your account is blocked.');
  expect(await allTold(redis)).toContainEqual(
    expect.objectContaining({ event: 'account_blocked', user: person.user.id, by: 'grace' }),
  );
});

test('who does not know the password does not learn that the account is blocked', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  await accounts('block', idOf(person));
  const [wrong, nobody] = await Promise.all([
    signIn({ email: person.email, password: 'another password' }),
    signIn({ email: `${randomUUID()}@example.com`, password: 'another password' }),
  ]);
  expect([wrong.status, wrong.body]).toEqual([nobody.status, nobody.body]);
  const browser = new BrowserVisit(deployment.urls[0]);
  await browser.open('/signin');
  await browser.submit('/signin', { email: person.email, password: 'another password' });
  expect(browser.words).not.toContain('blocked');
});

test('an unblocked account signs in again, and what ended stays ended', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  const login = await logIn(deployment.urls[0], person);
  await accounts('block', idOf(person));
  expect((await accounts('unblock', idOf(person))).code).toBe(0);
  expect((await signIn(person)).status).toBe(200);
  expect(await opens(login.access)).toEqual([401, 401]);
  expect(
    (await person.approve(deployment.urls[0], (await startLogin(deployment.urls[0])).user_code)).status,
  ).toBe(401);
});

/** @shows blocked account */
test('a program that waits for an approved login gets nothing once its approver is blocked', async () => {
  const [first, second] = deployment.urls;
  const person = await Person.signUp(first);
  const login = await startLogin(first);
  deployment.issuer.freeze();
  const waiting = waitPatiently([second], login.device_code);
  await person.approve(first, login.user_code);
  expect((await accounts('block', person.email)).code).toBe(0);
  deployment.issuer.thaw();
  const answer = await waiting;
  expect([answer.status, answer.body.error]).toEqual([400, 'access_denied']);
  expect((await poll(first, login.device_code)).status).toBe(400);
});

/** @shows blocked account */
test('a blocked account does not come in through its provider either', async () => {
  const who = { sub: `person-${randomUUID()}`, name: 'Ada Lovelace' };
  expect((await new ProviderVisit().signIn(deployment.urls, 'one', who)).status).toBe(200);
  expect((await accounts('block', `${who.sub}@example.com`)).code).toBe(0);
  const visit = new ProviderVisit();
  const refused = await visit.signIn(deployment.urls, 'one', who);
  expect(refused.status).toBe(403);
  expect(refused.text).toContain('Your account is blocked.');
  expect((await visit.ask(`${deployment.urls[0]}/account/sessions`)).status).toBe(303);
});

test('"end" ends every login and key, and leaves the person signed in', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  const login = await logIn(deployment.urls[0], person);
  expect((await accounts('end', idOf(person), '--by', 'grace')).code).toBe(0);
  expect(await opens(login.management_key)).toEqual([401, 401]);
  await logIn(deployment.urls[1], person);
  expect(await allTold(redis)).toContainEqual(
    expect.objectContaining({ event: 'all_ended', user: person.user.id, by: 'grace' }),
  );
});

/** @shows deleted account */
test('a deleted account leaves no trace but addresses that are kept back, and nothing of it works', async () => {
  const [first, second] = deployment.urls;
  const person = await Person.signUp(first);
  const login = await logIn(first, person, 'Moon agent of Ada');
  const ended = await logIn(second, person, 'Moon agent of Ada');
  await call('POST', `${first}/api/auth/logout/`, ended.access);
  await call('POST', `${first}/api/auth/keys/management/`, login.management_key, { label: 'key of Ada' });
  const address = login.user && 'identity' in login ? login.identity?.email : undefined;

  const run = await accounts('delete', person.email, '--yes', '--by', 'grace');
  expect([run.code, run.stderr]).toEqual([0, '']);
  for (const credential of [login.access, login.management_key])
    expect(await opens(credential)).toEqual([401, 401]);
  expect((await signIn(person)).status).toBe(401);

  const left = await dump();
  for (const trace of [person.email, 'Moon agent of Ada', 'key of Ada']) expect(left).not.toContain(trace);
  const lines = left.split('\n').filter((line) => line.includes(idOf(person)));
  expect(lines).toEqual([`ravi:identity-email:${address} "${idOf(person)}"`]);
  const ttlMs = await redis.pttl(`ravi:identity-email:${address}`);
  expect(ttlMs).toBeGreaterThan(29 * 86_400_000);
  expect(await allTold(redis)).toContainEqual(
    expect.objectContaining({ event: 'account_deleted', user: person.user.id, by: 'grace' }),
  );
  expect((await accounts('show', idOf(person))).code).toBe(3);
});

test('a person who came by a provider and was deleted comes back as somebody else', async () => {
  const who = { sub: `person-${randomUUID()}`, name: 'Ada Lovelace' };
  await new ProviderVisit().signIn(deployment.urls, 'one', who);
  const email = `${who.sub}@example.com`;
  const before = await accounts('show', email, '--json');
  await accounts('delete', email, '--yes');
  expect((await new ProviderVisit().signIn(deployment.urls, 'one', who)).status).toBe(200);
  const after = await accounts('show', email, '--json');
  expect(before.documents[0]).toMatchObject({ signsInBy: 'provider', emailVerified: true });
  expect(after.documents[0]?.['id']).not.toBe(before.documents[0]?.['id']);
});

test('nothing is deleted without a terminal to ask and without --yes', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  const run = await accounts('delete', idOf(person));
  expect(run.code).toBe(1);
  expect(run.stderr).toContain('--yes');
  expect((await signIn(person)).status).toBe(200);
});

describe('a one-time link', () => {
  const fresh = 'another long password';

  async function link(of: Person): Promise<string> {
    const { documents, code } = await accounts('reset-link', of.email, '--json', '--by', 'grace');
    expect(code).toBe(0);
    const url = new URL(String(documents[0]?.['url']));
    expect(url.origin).toBe(publicUrl);
    return url.pathname + url.search;
  }

  async function setPassword(
    path: string,
    fields: Record<string, string> = {},
    api = 1,
  ): Promise<BrowserVisit> {
    const visit = new BrowserVisit(deployment.urls[api === 0 ? 0 : 1]);
    await visit.open(path);
    if (visit.page.status === 200) await visit.submit('/reset', { new_password: fresh, ...fields });
    return visit;
  }

  /** @shows reset link */
  test('sets a new password once, ends every session, and leaves the programs where that is wanted', async () => {
    const person = await Person.signUp(deployment.urls[0]);
    const login = await logIn(deployment.urls[0], person);
    const path = await link(person);
    const visit = await setPassword(path);
    expect(visit.words).toContain('Your password is set');
    expect((await signIn(person)).status).toBe(401);
    expect((await signIn({ email: person.email, password: fresh })).status).toBe(200);
    const undecided = await startLogin(deployment.urls[0]);
    expect((await person.approve(deployment.urls[0], undecided.user_code)).status).toBe(401);
    expect(await opens(login.access)).toEqual([200, 200]);
    const again = await setPassword(path, {}, 0);
    expect(again.page.status).toBe(410);
    expect(again.words).toContain('does not work any more');
    const told = await toldAbout(redis, person.user.id, 'reset_link_made', 'password_reset');
    expect(told).toContainEqual(expect.objectContaining({ event: 'reset_link_made', by: 'grace' }));
  });

  test('ends the programs too where the person wants it', async () => {
    const person = await Person.signUp(deployment.urls[0]);
    const login = await logIn(deployment.urls[0], person);
    await setPassword(await link(person), { programs: 'end' });
    expect(await opens(login.management_key)).toEqual([401, 401]);
  });

  /** @shows reset link */
  test('is over once a newer one is made, the password is changed, or the account is blocked', async () => {
    const person = await Person.signUp(deployment.urls[0]);
    const older = await link(person);
    const newer = await link(person);
    expect((await setPassword(older)).page.status).toBe(410);
    const visit = new BrowserVisit(deployment.urls[0]);
    await visit.open('/signin?next=password');
    await visit.submit('/signin', { email: person.email, password: person.password });
    const change = { current_password: person.password, new_password: 'a third long password' };
    await visit.submit('/account/password', change);
    expect((await setPassword(newer)).page.status).toBe(410);
    const last = await link(person);
    await accounts('block', person.email);
    expect((await setPassword(last)).page.status).toBe(410);
    const refused = await accounts('reset-link', person.email);
    expect(refused.code).toBe(1);
  });

  /** @shows reset link */
  test('is told to no other page, and stands in no log and nowhere in Redis', async () => {
    const person = await Person.signUp(deployment.urls[0]);
    const path = await link(person);
    const weak = await setPassword(path, { new_password: 'short' });
    expect(weak.page.status).toBe(400);
    expect(weak.words).toContain('at least 15 characters');
    for (const name of ['referrer-policy', 'cache-control', 'content-security-policy'])
      expect(weak.page.headers.get(name)).toMatch(/^no-referrer$|^no-store$|^default-src 'none'/);
    const secret = path.split('=')[1] ?? '';
    expect(secret).toMatch(/^\d+\.[\w-]{27}$/);
    expect(await dump()).not.toContain(secret.split('.')[1]);
    expect(deployment.stack.output()).not.toContain(secret);
    const foreign = await send(`${deployment.urls[0]}/reset`, {
      form: { link: secret, new_password: fresh },
      headers: { origin: 'https://evil.example' },
    });
    expect(foreign.status).toBe(403);
    expect((await setPassword(path)).words).toContain('Your password is set');
  });

  test('is not made for an account without a password', async () => {
    const who = { sub: `person-${randomUUID()}`, name: 'Ada Lovelace' };
    await new ProviderVisit().signIn(deployment.urls, 'one', who);
    const refused = await accounts('reset-link', `${who.sub}@example.com`);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('provider');
  });
});
