import { createHash, randomUUID } from 'node:crypto';
import type { DeviceCodeResponse } from '@ravi/contract';
import { Redis } from 'ioredis';
import { AuthenticatorApp, totpCode } from '../support/authenticator-app.ts';
import { BrowserVisit } from '../support/browser-visit.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { letPass as agedBy, openSessions } from '../support/open-sessions.ts';
import { poll } from '../support/program.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';
import { toldAbout } from '../support/told.ts';

let deployment: SharedDeployment;
let redis: Redis;
beforeAll(async () => {
  deployment = await shareDeployment();
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

const password = 'long enough password';
const startLogin = async () =>
  (await send<DeviceCodeResponse>(`${deployment.urls[0]}/api/auth/device/`, { json: {} })).body;
const userOf = async (email: string) =>
  Number(
    await redis.hget(`ravi:sign-in:${createHash('sha256').update(email).digest('base64url')}`, 'user_id'),
  );

const sessionsOf = async (email: string) => openSessions(redis, await userOf(email));
const letPass = async (email: string, seconds: number) => agedBy(redis, await userOf(email), seconds);

/** The latest session took no second step, as one that an older release opened. */
async function forgetSecondStep(email: string): Promise<void> {
  const latest = (await sessionsOf(email)).at(-1);
  const record = latest && {
    ...latest.record,
    authentication: { ...latest.record.authentication, factor: null },
  };
  await redis.set(`ravi:session:${latest?.id}`, JSON.stringify(record), 'KEEPTTL');
}

const appOn = ({ page }: BrowserVisit) =>
  new AuthenticatorApp(/name="secret" value="([A-Z2-7]{32})"/.exec(page.text)?.[1] ?? '');

/** A person with an authenticator app, and their recovery codes. The first code that was read from the app set it up. */
async function withApp() {
  const email = `${randomUUID()}@example.com`;
  const visit = new BrowserVisit(deployment.urls[0]);
  await visit.open('/signup');
  await visit.submit('/signup', { email, password });
  await visit.open('/account/security/app');
  const app = appOn(visit);
  await visit.submit('/account/security/app', { code: app.read(), current_password: password });
  const codes = visit.page.text.match(/\b[0-9a-z]{4}(-[0-9a-z]{4}){3}\b/g) ?? [];
  return { email, visit, app, codes };
}

/** Another browser in which the password was right. */
async function passwordGiven(email: string, from = '/signin'): Promise<BrowserVisit> {
  const visit = new BrowserVisit(deployment.urls[1]);
  await visit.open(from);
  await visit.submit('/signin', { email, password });
  return visit;
}

const logsIn = async (json: object) =>
  (await send<{ detail: string }>(`${deployment.urls[1]}/api/auth/login/`, { json })).status;

const isIn = async (visit: BrowserVisit) => {
  await visit.open('/account/sessions');
  return visit.words.includes('Where you are signed in');
};

/** @shows ASVS V6.3.3, ASVS V6.5.1 */
test('with an authenticator app the password alone lets nobody in, and each code lets in once, at every api', async () => {
  const { email, app, codes } = await withApp();
  expect(codes).toHaveLength(10);
  const login = await startLogin();
  const visit = await passwordGiven(email, `/signin?user_code=${login.user_code}`);
  expect(visit.words).toContain('Confirm that it is you');
  expect(await isIn(visit.copy())).toBe(false);
  // The code that confirmed the app is used.
  await visit.submit('/signin/second-step', { code: app.lastRead });
  expect([visit.page.status, visit.words]).toEqual([401, expect.stringContaining('was used already')]);
  await visit.submit('/signin/second-step', { code: app.wrong() });
  expect([visit.page.status, visit.words]).toEqual([401, expect.stringContaining('This code is not right')]);
  const twin = visit.copy();
  await twin.open('/signin/second-step');
  const click = visit.copy();
  click.page = visit.page;
  const code = app.read();
  await visit.submit('/signin/second-step', { code });
  // What they were about to do goes on, and a double click is one success.
  expect(visit.words).toContain(login.user_code);
  await click.submit('/signin/second-step', { code });
  expect(click.words).toContain(login.user_code);
  await toldAbout(redis, await userOf(email), 'factor_added', 'second_step_asked', 'signed_in');
  await visit.open('/account/activity');
  expect(visit.words).toMatch(/You signed in [^,]+, with an authenticator app/);
  expect(visit.words).toContain('Somebody had your password, but not your second factor');
  expect(visit.words).toContain('A second factor was set up : Authenticator app');
  await twin.submit('/signin/second-step', { code });
  expect(twin.page.status).toBe(401);
  expect(await logsIn({ email, password })).toBe(401);
  expect(await logsIn({ email, password, code })).toBe(401);
  expect(await logsIn({ email, password, code: codes[0] })).toBe(200);
  // On the page and over JSON: the password was right, and the second step was asked for.
  const user = await userOf(email);
  await eventually('both are noted', async () => {
    const told = await toldAbout(redis, user, 'second_step_asked');
    return told.filter(({ event }) => event === 'second_step_asked').length === 2;
  });
});

test('a second step without a first one leads to the sign-in, which keeps what its person was about to do; whoever is signed in goes on', async () => {
  const { email, codes } = await withApp();
  const step = '/signin/second-step';
  const signIn = 'Sign in to decide about the code BCDF-GHJK';
  const nobody = new BrowserVisit(deployment.urls[1]);
  await nobody.open(`${step}?user_code=BCDF-GHJK`);
  expect(nobody.words).toContain(signIn);
  const csrf_token = /name="csrf_token" value="([^"]*)"/.exec(nobody.page.text)?.[1] ?? '';
  await nobody.post(step, { csrf_token, user_code: 'BCDF-GHJK', code: '000000' });
  expect(nobody.words).toContain(signIn);

  const visit = await passwordGiven(email, '/signin?next=sessions');
  const { page } = visit;
  await visit.submit(step, { code: codes[0] ?? '' });
  // The step is over once its code was right.
  await visit.open(`${step}?user_code=BCDF-GHJK`);
  expect(visit.words).toContain(signIn);
  visit.page = page;
  await visit.submit(step, { code: codes[0] ?? '' });
  expect(visit.words).toContain('Where you are signed in');
});

/** @shows password guessing */
test('after ten wrong codes the form says when to try the next one, and a recovery code signs in all the same', async () => {
  const { email, app, codes } = await withApp();
  const { url } = await deployment.startApi({ RATE_LIMITS: 'on' });
  const visit = new BrowserVisit(url);
  await visit.open('/signin?next=sessions');
  await visit.submit('/signin', { email, password });
  const enter = (code: string) => visit.submit('/signin/second-step', { code });
  for (let guess = 0; guess < 10; guess++) await enter(app.wrong());
  expect(visit.page.status).toBe(401);
  await enter(app.read());
  const refusal = expect.stringMatching(/Too many wrong codes\. Please try again in (1 hour|\d+ minutes)/);
  expect([visit.page.status, visit.words]).toEqual([429, refusal]);
  expect(Number(visit.page.headers.get('retry-after'))).toBeGreaterThan(0);
  await enter(codes[0] ?? '');
  expect(await isIn(visit)).toBe(true);
});

/** @shows ASVS V6.5.2, ASVS V6.4.4 */
test('a recovery code lets in once, new codes end the old ones, and no dump of Redis holds any of them or the secret', async () => {
  const { email, visit, app, codes } = await withApp();
  const [first = '', second = '', third = ''] = codes;
  expect([
    await logsIn({ email, password, code: first }),
    await logsIn({ email, password, code: first }),
  ]).toEqual([200, 401]);
  const lost = await passwordGiven(email);
  await lost.submit('/signin/second-step', { code: first });
  expect(lost.words).toContain('This recovery code is not right, or was used already');
  await lost.submit('/signin/second-step', { code: second.toUpperCase().replaceAll('-', ' ') });
  expect(lost.words).toContain('Codes left: 8');
  expect(await isIn(lost)).toBe(true);
  await visit.open('/account/security');
  expect(visit.words).toContain('Recovery codes left: 8');
  await visit.submit('/account/security/recovery-codes');
  expect(visit.page.text).not.toContain(third);
  // Whoever had one of the codes that are gone is gone, too.
  expect([await isIn(lost), await isIn(visit.copy())]).toEqual([false, true]);
  expect(await logsIn({ email, password, code: third })).toBe(401);
  expect(await toldAbout(redis, await userOf(email), 'recovery_codes_made')).not.toEqual([]);
  const accounts = await redis.keys('ravi:account:*');
  const dump = JSON.stringify(await Promise.all(accounts.map((key) => redis.hgetall(key).catch(() => null))));
  for (const kept of [app.secret, ...codes, ...codes.map((code) => code.replaceAll('-', ''))])
    expect(dump).not.toContain(kept);
});

/** @shows ASVS V7.5.1, ASVS V7.2.4, forgotten session */
test('a session from before the first factor ends with it; one that took no second step, or of long ago, neither approves nor changes how one signs in until its person proves it again', async () => {
  const email = `${randomUUID()}@example.com`;
  const before = new BrowserVisit(deployment.urls[0]);
  await before.open('/signup');
  await before.submit('/signup', { email, password });
  const visit = await passwordGiven(email);
  await visit.open('/account/security/app');
  const app = appOn(visit);
  await visit.submit('/account/security/app', { code: app.read(), current_password: password });
  expect(visit.words).toContain('All other browsers are signed out');
  const [code = ''] = visit.page.text.match(/\b[0-9a-z]{4}(-[0-9a-z]{4}){3}\b/g) ?? [];
  expect([await isIn(before), await isIn(visit.copy())]).toEqual([false, true]);
  const old = await passwordGiven(email);
  await old.submit('/signin/second-step', { code });
  await forgetSecondStep(email);
  const login = await startLogin();
  await old.open(login.verification_uri_complete.replace(/^https?:\/\/[^/]+/, ''));
  expect(old.words).toContain('Is it still you?');
  await old.submit('/signin/once-more', { password: 'not the password' });
  expect([old.page.status, old.words]).toEqual([401, expect.stringContaining('The password is wrong')]);
  const otherTab = old.copy();
  await otherTab.open('/device');
  await old.submit('/signin/once-more', { password });
  expect(old.words).toContain('Confirm that it is you');
  const stolen = old.copy();
  await old.submit('/signin/second-step', { code: app.read() });
  expect(old.words).toContain(login.user_code);
  // The cookie of before is worth nothing now, and what the person had open in another tab goes on.
  expect(await isIn(stolen)).toBe(false);
  const tab = old.copy();
  tab.page = otherTab.page;
  await tab.submit('/device/code', { user_code: login.user_code });
  expect([tab.page.status, tab.words]).toEqual([200, expect.stringContaining(login.user_code)]);
  await old.press('/device/decision', 'Approve');
  expect(old.words).toContain('Approved');
  // The other one was proven a moment ago; then time passes.
  await visit.open('/account/security');
  expect(visit.words).toContain('How you sign in');
  await letPass(email, 24 * 3600);
  await visit.submit('/account/security/recovery-codes');
  expect(visit.words).toContain('Is it still you?');
  for (const path of [
    '/account/delete',
    '/account/security',
    '/account/password',
    '/account/address',
    `/device?user_code=${(await startLogin()).user_code}`,
  ]) {
    await visit.open(path);
    expect(visit.words).toContain('Is it still you?');
  }
  // Nor does a form that was not shown in time, a little later.
  await letPass(email, -24 * 3600 + 20 * 60);
  await visit.open('/account/sessions');
  const csrf_token = /name="csrf_token" value="([^"]*)"/.exec(visit.page.text)?.[1] ?? '';
  await visit.post('/account/security/recovery-codes', { csrf_token });
  expect(visit.words).toContain('Is it still you?');
  await letPass(email, -20 * 60);
  for (const path of ['/account/security', '/account/security/app', '/account/password']) {
    await old.open(path);
    expect([path, old.page.text]).toEqual([path, expect.stringMatching(/name="shown" value="\d{13}\./)]);
  }
  await toldAbout(redis, await userOf(email), 'approved', 'factor_added', 'signed_in', 'authenticated_again');
});

/** @shows ASVS V7.5.1, forgotten session */
test('a form that was shown long ago approves nothing until its person proves again who they are, but can deny', async () => {
  const email = `${randomUUID()}@example.com`;
  const visit = new BrowserVisit(deployment.urls[0]);
  await visit.open('/signup');
  await visit.submit('/signup', { email, password });
  const login = await startLogin();
  await visit.open(`/device?user_code=${login.user_code}`);
  const confirmation = visit.page;
  await letPass(email, 24 * 3600);
  await visit.submit('/device/decision', { decision: 'approve' });
  expect(visit.words).toContain('Is it still you?');
  expect((await poll(deployment.urls[1], login.device_code)).body.error).toBe('authorization_pending');
  visit.page = confirmation;
  await visit.submit('/device/decision', { decision: 'deny' });
  expect(visit.words).toContain('Denied by you');
  expect((await poll(deployment.urls[1], login.device_code)).body.error).toBe('access_denied');
});

/** @shows ASVS V6.3.3 */
test('where a second factor is required, a person without one is led to set it up, and approves nothing', async () => {
  const strict = await deployment.startApi({ REQUIRE_SECOND_FACTOR: 'on' });
  const visit = new BrowserVisit(strict.url);
  const login = await startLogin();
  await visit.open(`/signup?user_code=${login.user_code}`);
  await visit.submit('/signup', { email: `${randomUUID()}@example.com`, password });
  expect(visit.words).toContain('How you sign in');
  const csrf_token = /name="csrf_token" value="([^"]*)"/.exec(visit.page.text)?.[1] ?? '';
  await visit.post('/device/decision', { csrf_token, user_code: login.user_code, decision: 'approve' });
  expect(visit.words).toContain('How you sign in');
  expect((await poll(deployment.urls[1], login.device_code)).body.error).toBe('authorization_pending');
});

/** @shows ASVS V7.5.1, forgotten session */
test('a session alone sets up no first factor: it takes the password, and a secret that was shown there', async () => {
  const email = `${randomUUID()}@example.com`;
  const stolen = new BrowserVisit(deployment.urls[0]);
  await stolen.open('/signup');
  await stolen.submit('/signup', { email, password });
  await stolen.open('/account/security/app');
  const secretIn = () => /name="secret" value="([A-Z2-7]{32})"/.exec(stolen.page.text)?.[1] ?? '';
  const secret = secretIn();
  await stolen.submit('/account/security/app', { code: totpCode(secret), current_password: 'a guess' });
  expect([stolen.page.status, stolen.words]).toEqual([401, expect.stringContaining('The password is wrong')]);
  expect(secretIn()).toBe(secret);
  const other = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  const chosen = { secret: other, code: totpCode(other), current_password: password };
  await stolen.submit('/account/security/app', chosen);
  expect(['', secret, other]).not.toContain(secretIn());
  expect(await logsIn({ email, password })).toBe(200);
  const wrong = new AuthenticatorApp(secretIn()).wrong();
  await stolen.submit('/account/security/app', { code: wrong, current_password: password });
  expect([stolen.page.status, stolen.words]).toEqual([400, expect.stringContaining('not the code')]);
  await stolen.submit('/account/security/app', { code: totpCode(secretIn()), current_password: password });
  expect(stolen.words).toContain('Your recovery codes');
  // A sign-up that is sent again asks for the second step, too.
  const twin = await send(`${deployment.urls[1]}/api/auth/signup/`, { json: { email, password } });
  expect([twin.status, twin.headers.getSetCookie()]).toEqual([409, []]);
});

/** @shows ASVS V6.2.1 */
test('beside a second factor a password may be short, and the last one goes only where the password is long enough alone', async () => {
  const { email, visit, app } = await withApp();
  await letPass(email, 600);
  await visit.open('/account/password');
  await visit.submit('/account/password', { current_password: password, new_password: 'x7 moon?' });
  expect(visit.words).toContain('Your password is changed');
  // That proves the factor no more than before.
  const [only] = await sessionsOf(email);
  expect(only?.record.authentication).toMatchObject({ factor: 'totp' });
  expect(only?.record.authentication.atMs).toBeLessThan(Date.now() - 600_000);
  await visit.open('/account/security');
  await visit.submit('/account/security/remove');
  expect(visit.words).toContain('Remove your last second factor?');
  await visit.submit('/account/security/remove', { password: 'another one' });
  expect(visit.page.status).toBe(401);
  await visit.submit('/account/security/remove', { password: 'x7 moon?' });
  expect([visit.page.status, visit.words]).toEqual([400, expect.stringContaining('too short')]);
  expect(visit.words).toContain('at least 15 characters');
  await visit.open('/account/password');
  await visit.submit('/account/password', { current_password: 'x7 moon?', new_password: password });
  await visit.open('/account/security');
  await visit.submit('/account/security/remove');
  await visit.submit('/account/security/remove', { password });
  expect(visit.words).toContain('Your authenticator app is removed.');
  // What the app proved before, it proves no more.
  const [now] = await sessionsOf(email);
  expect(now?.record.authentication).toMatchObject({ by: 'password', factor: null });
  const factor = 'totp';
  const told = await toldAbout(redis, await userOf(email), 'factor_added', 'factor_removed');
  expect(told).toContainEqual(expect.objectContaining({ event: 'factor_added', factor }));
  expect(told).toContainEqual(expect.objectContaining({ event: 'factor_removed', factor }));
  expect(await logsIn({ email, password })).toBe(200);
  expect(await logsIn({ email, password, code: app.read() })).toBe(200);
});
