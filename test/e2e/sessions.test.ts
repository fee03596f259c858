import { randomUUID } from 'node:crypto';
import { AccountStore } from '@ravi/accounts';
import { Redis } from 'ioredis';
import { BrowserVisit } from '../support/browser-visit.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';
import { allTold, toldAbout } from '../support/told.ts';

let deployment: SharedDeployment;
beforeAll(async () => {
  deployment = await shareDeployment();
});
afterAll(() => deployment.stop());

const password = 'long enough password';

/** Browsers of one person, who signed up in the first and signed in in the others. */
async function browsers(count: number, email = `${randomUUID()}@example.com`): Promise<BrowserVisit[]> {
  const visits: BrowserVisit[] = [];
  for (let i = 0; i < count; i++) {
    const visit = new BrowserVisit(deployment.urls[i % 2 ? 1 : 0]);
    const form = i === 0 ? '/signup' : '/signin';
    await visit.open(form);
    await visit.submit(form, { email, password });
    await visit.open('/account/sessions');
    visits.push(visit);
  }
  return visits;
}

const isSignedIn = async (visit: BrowserVisit) => {
  await visit.open('/account/sessions');
  return visit.words.includes('Where you are signed in');
};
const listed = (visit: BrowserVisit) => visit.page.text.match(/name="session"/g)?.length ?? 0;

/** @shows ASVS V7.5.2 */
test('a person sees every session, wherever it was started, and which one this is', async () => {
  const [first, second] = await browsers(2);
  expect(listed(second!)).toBe(2);
  expect(second?.words).toContain('127.0.0.1');
  expect(second?.words.match(/this browser/g)).toHaveLength(1);
  expect(second?.words).toMatch(/this browser Signed in (now|\d+ (second|minute)s? ago)/);
  // Nothing was changed, and without a mail server nobody confirms an address.
  expect(second?.words).not.toMatch(/password is changed|not confirmed/);
  expect(await isSignedIn(first!)).toBe(true);
});

test('a person sees when each session began', async () => {
  const [visit] = await browsers(1);
  const [, id] = /name="session"\s+value="([^"]+)"/.exec(visit?.page.text ?? '') ?? [];
  const redis = new Redis(deployment.redis.url);
  const record = JSON.parse((await redis.get(`ravi:session:${id}`)) ?? '') as { startedAtMs: number };
  const earlier = { ...record, startedAtMs: record.startedAtMs - 2 * 3_600_000 };
  await redis.set(`ravi:session:${id}`, JSON.stringify(earlier), 'KEEPTTL');
  redis.disconnect();
  await visit?.open('/account/sessions');
  expect(visit?.words).toContain('Signed in 2 hours ago');
});

/** @shows forgotten session, ASVS V7.4.1, ASVS V7.5.2 */
test('an ended session is over at once, at every api, and no other is', async () => {
  const [first, second, third] = await browsers(3);
  await first?.open('/account/sessions');
  const ids = [...(first?.page.text.matchAll(/name="session"\s+value="([^"]+)"/g) ?? [])].map(([, id]) => id);
  // This one stands first, then the newest: the third.
  await first?.submit('/account/sessions/end', { session: ids[1] ?? '' });
  expect(listed(first!)).toBe(2);
  expect([await isSignedIn(first!), await isSignedIn(second!), await isSignedIn(third!)]).toEqual([
    true,
    true,
    false,
  ]);
});

test('ending the session that one is in signs out', async () => {
  const [visit] = await browsers(1);
  await visit?.submit('/account/sessions/end');
  expect(visit?.page.text).toContain('type="password"');
  expect(await isSignedIn(visit!)).toBe(false);
});

test('ending a session stands in the audit log', async () => {
  const [visit] = await browsers(1);
  const startedAtMs = Date.now();
  await visit?.submit('/account/sessions/end');
  const redis = new Redis(deployment.redis.url);
  const told = await eventually('the log tells of it', async () => {
    return (await allTold(redis, startedAtMs)).some(({ event }) => event === 'session_ended');
  });
  redis.disconnect();
  expect(told).toBe(true);
});

/** @shows forgotten session, ASVS V7.5.2 */
test('all others can be ended at once, and copies of this one', async () => {
  const [first, second, third] = await browsers(3);
  const copy = second!.copy();
  await second?.submit('/account/sessions/end-others');
  expect(await isSignedIn(copy)).toBe(false);
  expect([await isSignedIn(first!), await isSignedIn(second!), await isSignedIn(third!)]).toEqual([
    false,
    true,
    false,
  ]);
});

test('a form that ends all others and comes twice ends them once: this browser goes on with either answer, also where the first was lost', async () => {
  const email = `${randomUUID()}@example.com`;
  const [other, visit] = await browsers(2, email);
  const sentAgain = () => Object.assign(visit!.copy(), { page: visit!.page });
  const endOthers = (by: BrowserVisit) => by.submit('/account/sessions/end-others');
  const click = sentAgain();
  await Promise.all([endOthers(visit!), endOthers(click)]);
  expect([await isSignedIn(visit!), await isSignedIn(click), await isSignedIn(other!)]).toEqual([
    true,
    true,
    false,
  ]);
  const retry = sentAgain();
  await endOthers(visit!);
  await endOthers(retry);
  expect([await isSignedIn(visit!), await isSignedIn(retry), await isSignedIn(click)]).toEqual([
    true,
    true,
    false,
  ]);
  const redis = new Redis(deployment.redis.url);
  const user = await new AccountStore(redis).userIdOf(email);
  // The log is written in order: once it tells of the last one, it tells of all.
  await visit!.submit('/account/sessions/end');
  const ended = await eventually('the log tells of it', async () => {
    const entries = await toldAbout(redis, user ?? 0, 'session_ended');
    return entries.filter(({ event }) => event === 'session_ended').length >= 3 && entries;
  });
  expect(ended.filter(({ event }) => event === 'session_ended')).toHaveLength(3);
  redis.disconnect();
});

test('signing out takes the session from the list, and signing in again replaces it', async () => {
  const [first, second] = await browsers(2);
  await second?.submit('/signout');
  await first?.open('/account/sessions');
  expect(listed(first!)).toBe(1);
  await first?.open('/signup');
  await first?.submit('/signup', { email: `${randomUUID()}@example.com`, password });
  await first?.open('/account/sessions');
  expect(listed(first!)).toBe(1);
});

test('nobody ends the session of somebody else, not even by its id', async () => {
  const [[owner], [stranger]] = [await browsers(1), await browsers(1)];
  const [, id = ''] = /name="session"\s+value="([^"]+)"/.exec(owner?.page.text ?? '') ?? [];
  expect(id).toMatch(/^[\w-]{43}$/);
  await stranger?.submit('/account/sessions/end', { session: id });
  const [, token = ''] = /name="csrf_token"\s+value="([^"]+)"/.exec(stranger?.page.text ?? '') ?? [];
  await stranger?.post('/account/sessions/end-others', { csrf_token: token, session: id });
  expect(await isSignedIn(stranger!)).toBe(true);
  expect(await isSignedIn(owner!)).toBe(true);
});

test('ending needs the token of this session, and comes from this site', async () => {
  const [first, second] = await browsers(2);
  for (const path of ['/account/sessions/end', '/account/sessions/end-others']) {
    await first?.post(path, {});
    expect(first?.page.status).toBe(403);
    await first?.open('/account/sessions');
    const [, token = ''] = /name="csrf_token"\s+value="([^"]+)"/.exec(first?.page.text ?? '') ?? [];
    await first?.post(path, { csrf_token: token }, { origin: 'https://evil.example' });
    expect(first?.page.status).toBe(403);
  }
  expect(await isSignedIn(second!)).toBe(true);
});

/** @shows ASVS V7.2.3 */
test('a session is a cookie that no script reads, and its id in the list opens nothing', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  const page = await send(`${deployment.urls[0]}/account/sessions`, {
    method: 'GET',
    headers: { cookie: person.cookie },
  });
  const [, id = ''] = /name="session"\s+value="([^"]+)"/.exec(page.text) ?? [];
  const forged = await send(`${deployment.urls[0]}/account/sessions`, {
    method: 'GET',
    headers: { cookie: `ravi_session=${id}` },
  });
  expect(forged.status).toBe(303);
});

/** @shows ASVS V7.2.3 */
test('over https, every cookie is bound to this host: __Host-, Secure, HttpOnly, SameSite=Lax', async () => {
  const secure = await deployment.startApi({
    PUBLIC_URL: 'https://login.example.com',
    SETTINGS_MAY_DIFFER: 'PUBLIC_URL',
  });
  const signedUp = await send(`${secure.url}/api/auth/signup/`, {
    json: { email: `${randomUUID()}@example.com`, password },
  });
  const page = await send(`${secure.url}/signin`, { method: 'GET' });
  const cookies = [signedUp, page].flatMap(({ headers }) => headers.getSetCookie());
  const names = ['session', 'browser', 'visit'].map((name) => `__Host-ravi_${name}`);
  expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(names);
  for (const cookie of cookies) {
    expect(cookie).toMatch(
      /^__Host-ravi_\w+=[\w.-]{43,}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+; Secure$/,
    );
  }
});

test('an unknown address and a wrong password get the very same answer', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  const attempt = (email: string) =>
    send(`${deployment.urls[0]}/api/auth/login/`, { json: { email, password: 'wrong password' } });
  const [wrong, unknown] = [await attempt(person.email), await attempt(`${randomUUID()}@example.com`)];
  expect([unknown.status, unknown.text]).toEqual([wrong.status, wrong.text]);
  const shown = ({ headers }: typeof wrong) =>
    [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
  expect(shown(unknown)).toEqual(shown(wrong));
});
