import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { BrowserVisit } from '../support/browser-visit.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';
import { allTold } from '../support/told.ts';

let deployment: SharedDeployment;
beforeAll(async () => {
  deployment = await shareDeployment();
});
afterAll(() => deployment.stop());

const old = 'long enough password';
const fresh = 'another long password';

/** A person in two browsers, at two apis. */
async function person() {
  const email = `${randomUUID()}@example.com`;
  const [here, elsewhere] = [new BrowserVisit(deployment.urls[0]), new BrowserVisit(deployment.urls[1])];
  await here.open('/signup');
  await here.submit('/signup', { email, password: old });
  await elsewhere.open('/signin?next=sessions');
  await elsewhere.submit('/signin', { email, password: old });
  await here.open('/account/password');
  return { email, here, elsewhere };
}

const change = (visit: BrowserVisit, current: string, next: string) =>
  visit.submit('/account/password', { current_password: current, new_password: next });

const signsIn = async (email: string, password: string) =>
  (await send(`${deployment.urls[0]}/api/auth/login/`, { json: { email, password } })).status;

const isSignedIn = async (visit: BrowserVisit) => {
  await visit.open('/account/sessions');
  return visit.words.includes('Where you are signed in');
};

/** @shows forgotten session, ASVS V6.2.2, ASVS V6.2.3, ASVS V7.4.3 */
test('a changed password is the only one that signs in, and every other session is over', async () => {
  const { email, here, elsewhere } = await person();
  await change(here, old, fresh);
  expect(here.words).toContain('Your password is changed');
  expect([await isSignedIn(here), await isSignedIn(elsewhere)]).toEqual([true, false]);
  expect([await signsIn(email, old), await signsIn(email, fresh)]).toEqual([401, 200]);
});

/** @shows session fixation, ASVS V7.2.4 */
test('the session in which it was changed goes on under another cookie', async () => {
  const email = `${randomUUID()}@example.com`;
  const signedUp = await send<{ csrf_token: string }>(`${deployment.urls[0]}/api/auth/signup/`, {
    json: { email, password: old },
  });
  const cookie = signedUp.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const answer = await send(`${deployment.urls[0]}/account/password`, {
    headers: { cookie },
    form: { csrf_token: signedUp.body.csrf_token, current_password: old, new_password: fresh },
  });
  const rotated = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  expect(rotated).toMatch(/^ravi_session=[\w-]{43}$/);
  const sessions = (with_: string) =>
    send(`${deployment.urls[0]}/account/sessions`, { method: 'GET', headers: { cookie: with_ } });
  expect([(await sessions(cookie)).status, (await sessions(rotated)).status]).toEqual([303, 200]);
});

test('the audit log tells of the change, and of a wrong attempt', async () => {
  const { here } = await person();
  const startedAtMs = Date.now();
  await change(here, 'not the password', fresh);
  await change(here, old, fresh);
  const redis = new Redis(deployment.redis.url);
  const told = await eventually('the log tells of both', async () => {
    const records = await allTold(redis, startedAtMs);
    return records.some(({ event }) => event === 'password_changed') ? records : null;
  });
  redis.disconnect();
  const about = { user: expect.any(Number) as unknown, address: '127.0.0.1' };
  expect(told).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ event: 'sign_in_failed', reason: 'wrong_current_password', ...about }),
      expect.objectContaining({ event: 'password_changed', ...about }),
    ]),
  );
});

/** @shows ASVS V6.2.1, ASVS V6.2.3, ASVS V7.5.1 */
test.each([
  ['a wrong current password', 'not the password', fresh, 401, 'not your current password'],
  ['a new password that is too short', old, 'short', 400, 'at least 15 characters'],
  ['no current password', '', fresh, 400, 'not your current password'],
])('%s changes nothing and is said', async (_, current, next, status, sentence) => {
  const { email, here, elsewhere } = await person();
  await change(here, current, next);
  expect(here.page.status).toBe(status);
  expect(here.words).toContain(sentence);
  expect(await isSignedIn(elsewhere)).toBe(true);
  expect(await signsIn(email, old)).toBe(200);
});

test('it needs the token of this session, and comes from this site', async () => {
  const { email, here } = await person();
  const [, token = ''] = /name="csrf_token"\s+value="([^"]+)"/.exec(here.page.text) ?? [];
  const changes = { current_password: old, new_password: fresh };
  await here.post('/account/password', changes);
  expect(here.page.status).toBe(403);
  await here.post('/account/password', { ...changes, csrf_token: token }, { origin: 'https://evil.example' });
  expect(here.page.status).toBe(403);
  expect(await signsIn(email, old)).toBe(200);
});

test('of two changes at the same moment one counts', async () => {
  const { email, here, elsewhere } = await person();
  await elsewhere.open('/account/password');
  await Promise.all([change(here, old, fresh), change(elsewhere, old, 'a third long password')]);
  const isToldOfSuccess = (visit: BrowserVisit) => visit.words.includes('Your password is changed');
  expect([here, elsewhere].filter(isToldOfSuccess)).toHaveLength(1);
  expect(await signsIn(email, isToldOfSuccess(here) ? fresh : 'a third long password')).toBe(200);
  expect(
    [await signsIn(email, fresh), await signsIn(email, 'a third long password')].toSorted((a, b) => a - b),
  ).toEqual([200, 401]);
});

/** @shows password guessing, ASVS V6.2.3 */
test('guesses at the current password are counted with the sign-ins', async () => {
  const { url } = await deployment.startApi({ RATE_LIMITS: 'on' });
  const here = new BrowserVisit(url);
  await here.open('/signup');
  await here.submit('/signup', { email: `${randomUUID()}@example.com`, password: old });
  await here.open('/account/password');
  for (let i = 0; i < 20; i++) await change(here, 'a guess', fresh);
  expect(here.page.status).toBe(401);
  await change(here, old, fresh);
  expect(here.page.status).toBe(429);
  expect(here.words).toMatch(/Too many attempts. Please try again in 1[45] minutes\./);
  expect(Number(here.page.headers.get('retry-after'))).toBeGreaterThan(0);
});

test.each(['programs', 'sessions', 'password'])(
  'whoever must sign in first comes back to the page of their %s',
  async (name) => {
    const { email, here } = await person();
    await here.submit('/signout');
    await here.open(`/account/${name}`);
    await here.submit('/signin', { email, password: old });
    expect(here.page.text).toMatch(
      { programs: /<h1>Connected/, sessions: /<h1>Where/, password: /<h1>Change your/ }[name] ?? /^$/,
    );
  },
);

test.each(['//evil.example', 'https://evil.example', '/device', 'constructor', 'Programs'])(
  'a link cannot send a person who signs in to %s',
  async (next) => {
    const { email, here } = await person();
    await here.submit('/signout');
    await here.open(`/signin?next=${encodeURIComponent(next)}`);
    expect(here.page.text).not.toContain('name="next"');
    await here.submit('/signin', { email, password: old, next });
    expect(here.page.text).toContain('<h1>Enter the code</h1>');
  },
);
