import { passkeyElement } from '../../services/api/src/pages/passkey-script.ts';
import { showPasswordElement } from '../../services/api/src/pages/show-password-script.ts';
import { createHash, randomUUID } from 'node:crypto';
import { BrowserVisit } from '../support/browser-visit.ts';
import { errorOnceCollected, poll, startLogin, wait } from '../support/program.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

let deployment: SharedDeployment;
beforeAll(async () => {
  deployment = await shareDeployment();
});
afterAll(() => deployment.stop());

const api = () => deployment.urls[0];

/** A person who signed up on the page. */
async function signedUp(): Promise<BrowserVisit> {
  const visit = new BrowserVisit(api());
  await visit.open('/signup');
  await visit.submit('/signup', { email: `${randomUUID()}@example.com`, password: 'long enough password' });
  expect(visit.page.status).toBe(200);
  return visit;
}

/** @shows RFC 8628 §5.3, RFC 8628 §5.4 */
test('a complete link leads a new person through sign-up to the confirmation, and an approval to the program', async () => {
  const login = await startLogin(deployment.urls[1], 'Moon agent');
  const waiting = wait(deployment.urls[1], login.device_code);
  const visit = new BrowserVisit(api());
  await visit.open(`/device?user_code=${login.user_code}`);
  await visit.open(`/signup?user_code=${login.user_code}`);
  await visit.submit('/signup', { email: `${randomUUID()}@example.com`, password: 'long enough password' });
  expect(visit.words).toContain(login.user_code);
  expect(visit.words).toContain('Moon agent');
  expect(visit.words).toContain('127.0.0.1');
  await visit.submit('/device/decision', { decision: 'approve' });
  expect(visit.page.status).toBe(200);
  expect((await waiting).status).toBe(200);
});

/** @shows RFC 8628 §5.7 */
test('a typed code is forgiven its case, spaces and hyphens; denying reaches the program', async () => {
  const login = await startLogin(api());
  const visit = await signedUp();
  await visit.open('/device');
  await visit.submit('/device/code', { user_code: ` ${login.user_code.toLowerCase().replace('-', ' ')}` });
  expect(visit.words).toContain(login.user_code);
  await visit.submit('/device/decision', { decision: 'deny' });
  expect((await poll(api(), login.device_code)).body.error).toBe('access_denied');
});

/** @shows RFC 8628 §5.4, ASVS V10.7.1 */
test('opening a link never approves, whoever is signed in and whatever it says', async () => {
  const login = await startLogin(api());
  const visit = await signedUp();
  for (const path of ['/device', '/device/decision', '/device/code']) {
    await visit.open(`${path}?user_code=${login.user_code}&decision=approve&csrf_token=x`);
  }
  expect((await poll(api(), login.device_code)).body.error).toBe('authorization_pending');
});

test('the address of a form alone leads to the page with the form, and the home page to the account or to the sign-in', async () => {
  const visit = await signedUp();
  for (const [path, words] of [
    ['/device/code', 'Enter the code'],
    ['/device/decision', 'Enter the code'],
    ['/device/result', 'Enter the code'],
    ['/device/result?user_code=AEIO-U123', 'Enter the code'],
    ['/account', 'Connected programs'],
    ['/account/programs/end', 'Connected programs'],
    ['/account/sessions/end', 'Where you are signed in'],
    ['/account/security/remove', 'How you sign in'],
    ['/account/security/link', 'How you sign in'],
    ['/account/security/unlink', 'How you sign in'],
    ['/signin/by-passkey', 'Forgot your password?'],
    ['/', 'Your account'],
  ] as const) {
    await visit.open(path);
    expect([path, visit.page.status, visit.words]).toEqual([path, 200, expect.stringContaining(words)]);
  }
  await visit.open('/device');
  await visit.submit('/signout');
  expect(visit.words).toContain('You are signed out.');
  await visit.open('/');
  expect(visit.page.text).toMatch(/href="\/signin">Sign in<\/a>/);
});

/** @shows cross-site forms */
test('a form without the token of this session, or from another site, decides nothing', async () => {
  const login = await startLogin(api());
  const visit = await signedUp();
  const fields = { user_code: login.user_code, decision: 'approve' };
  await visit.post('/device/decision', fields);
  expect(visit.page.status).toBe(403);
  await visit.open(`/device?user_code=${login.user_code}`);
  const [, token = ''] = /name="csrf_token"\s+value="([^"]+)"/.exec(visit.page.text) ?? [];
  expect(token).not.toBe('');
  await visit.post('/device/decision', { ...fields, csrf_token: token }, { origin: 'https://evil.example' });
  expect(visit.page.status).toBe(403);
  await visit.post('/device/decision', { ...fields, csrf_token: token }, { 'sec-fetch-site': 'cross-site' });
  expect(visit.page.status).toBe(403);
  expect((await poll(api(), login.device_code)).body.error).toBe('authorization_pending');
});

/** @shows forgotten session */
test('a form of somebody who has signed out leads to the sign-in with its code, and decides nothing', async () => {
  const login = await startLogin(api());
  const visit = await signedUp();
  await visit.open('/device');
  const forCode = visit.page;
  await visit.open(`/device?user_code=${login.user_code}`);
  const forDecision = visit.page;
  await visit.submit('/signout');
  for (const [page, action, decision] of [
    [forCode, '/device/code', ''],
    [forDecision, '/device/decision', 'approve'],
  ] as const) {
    visit.page = page;
    await visit.submit(action, { user_code: login.user_code, decision });
    expect([action, visit.page.status]).toEqual([action, 200]);
    expect(visit.page.text).toContain('type="password"');
    expect(visit.words).toContain(login.user_code);
  }
  expect((await poll(api(), login.device_code)).body.error).toBe('authorization_pending');
});

test('a second click shows the same, the back button cannot undo, and the link tells what was decided', async () => {
  const login = await startLogin(api(), 'Moon agent');
  const visit = await signedUp();
  await visit.open(`/device?user_code=${login.user_code}`);
  const confirmation = visit.page;
  const approved =
    /Approved Your program goes on by itself\..* Approved by you .*Moon agent.* the whole account /;
  for (const _ of ['once', 'again']) {
    visit.page = confirmation;
    await visit.submit('/device/decision', { decision: 'approve' });
    expect([visit.page.status, visit.words]).toEqual([200, expect.stringMatching(approved)]);
  }
  visit.page = confirmation;
  await visit.submit('/device/decision', { decision: 'deny' });
  expect(visit.words).toContain('You chose Deny now, but this code was approved before.');
  await visit.open(`/device?user_code=${login.user_code}`);
  expect(visit.words).toMatch(approved);
  expect((await wait(api(), login.device_code)).status).toBe(200);
  // That it was collected is noted a moment after the answer.
  expect(await errorOnceCollected(api(), login.device_code)).toBe('invalid_grant');
  for (const path of ['/device', '/device/result']) {
    await visit.open(`${path}?user_code=${login.user_code}`);
    expect(visit.words).toContain('Your program has signed in.');
  }
});

/** @shows somebody else’s */
test('a result tells others nothing: not whether a code exists, nor what became of it', async () => {
  const [pending, approved, denied] = await Promise.all([1, 2, 3].map(() => startLogin(api(), 'Moon agent')));
  const owner = await signedUp();
  for (const [login, decision] of [
    [approved, 'approve'],
    [denied, 'deny'],
  ] as const) {
    await owner.open(`/device?user_code=${login?.user_code}`);
    await owner.submit('/device/decision', { decision });
    expect(owner.words).toContain('Moon agent');
  }
  const stranger = await signedUp();
  const told = new Set<string>();
  for (const code of [pending, approved, denied].map((login) => login?.user_code).concat('BCDF-GHJK')) {
    await stranger.open(`/device/result?user_code=${code}`);
    expect(stranger.page.status).toBe(404);
    told.add(stranger.words);
  }
  expect(told.size).toBe(1);
  for (const login of [approved, denied]) {
    await stranger.open(`/device?user_code=${login?.user_code}`);
    expect(stranger.page.status).toBe(409);
    expect(stranger.words).toContain('This code has already been used.');
  }
  const nobody = new BrowserVisit(api());
  await nobody.open(`/device/result?user_code=${approved?.user_code}`);
  expect(nobody.page.text).toContain('type="password"');
});

test('a result that is opened again counts as no guess', async () => {
  const visit = await signedUp();
  for (let time = 0; time < 8; time++) await visit.open('/device/result?user_code=BCDF-GHJK');
  const login = await startLogin(api());
  await visit.open(`/device?user_code=${login.user_code}`);
  expect(visit.page.status).toBe(200);
});

test('an e-mail address in the link of the sign-in is filled in, unless it is too long to be one; the sign-up says how long a password has to be', async () => {
  const visit = new BrowserVisit(api());
  const host = '@example.com';
  for (const length of [254, 255]) {
    await visit.open(`/signin?email=${'a'.repeat(length - host.length)}${host}`);
    expect([visit.page.status, visit.page.text.includes(`a${host}"`)]).toEqual([200, length === 254]);
  }
  await visit.open('/signup');
  expect(visit.words).toContain('At least 15 characters.');
});

test('a form without any cookie is told that the browser sent none, and the way on keeps the code', async () => {
  const login = await startLogin(api());
  const visit = new BrowserVisit(api());
  await visit.open(`/signin?user_code=${login.user_code}`);
  const [, token = ''] = /name="csrf_token"\s+value="([^"]+)"/.exec(visit.page.text) ?? [];
  const withoutCookies = new BrowserVisit(api());
  const fields = { csrf_token: token, user_code: login.user_code, email: 'a@example.com', password: 'x' };
  await withoutCookies.post('/signin', fields);
  expect(withoutCookies.page.status).toBe(403);
  expect(withoutCookies.words).toContain('Your browser sent no cookie');
  expect(withoutCookies.page.text).toContain(`/device?user_code&#61;${login.user_code}`);
});

test('an address that has an account leads to signing in, with the address and the code filled in', async () => {
  const email = `${randomUUID()}@example.com`;
  const first = new BrowserVisit(api());
  await first.open('/signup');
  await first.submit('/signup', { email, password: 'long enough password' });
  const login = await startLogin(api());
  const visit = new BrowserVisit(api());
  await visit.open(`/signup?user_code=${login.user_code}`);
  await visit.submit('/signup', { email, password: 'another good password' });
  const [, href = ''] = /role="alert">[^<]*<a href="([^"]*)">Sign in instead/.exec(visit.page.text) ?? [];
  await visit.open(href.replaceAll('&#61;', '=').replaceAll('&#38;', '&').replaceAll('&amp;', '&'));
  expect(visit.page.text).toMatch(new RegExp(`name="email"[^>]*value="${email}"`));
  await visit.submit('/signin', { email, password: 'long enough password' });
  expect(visit.words).toContain(login.user_code);
});

test.each([
  ['AEIO-U123', 400],
  ['BCDF-GHJK', 404],
])('the code %s gets a page that helps, with the field to try again', async (userCode, status) => {
  const visit = await signedUp();
  await visit.open('/device');
  await visit.submit('/device/code', { user_code: userCode });
  const [, csrf_token = ''] = /name="csrf_token"\s+value="([^"]+)"/.exec(visit.page.text) ?? [];
  const helps = () => {
    expect(visit.page.status).toBe(status);
    expect(visit.page.text).toMatch(/role="alert"[^]*name="user_code"[^>]*required/);
  };
  helps();
  await visit.open(`/device?user_code=${userCode}`);
  helps();
  await visit.post('/device/decision', { csrf_token, user_code: userCode, decision: 'deny' });
  helps();
});

/** @shows session fixation */
test.each([
  ['a first name of 90 letters', { first_name: 'x'.repeat(90) }, 'A name has at most 80 characters'],
  ['an address that is none', { email: 'nobody' }, 'This does not look like an email address'],
  ['a short password', { password: 'short' }, 'at least 15 characters here'],
])('a sign-up with %s is told what is wrong, and of which field', async (_, wrong, sentence) => {
  const visit = new BrowserVisit(api());
  await visit.open('/signup');
  const right = { email: `${randomUUID()}@example.com`, password: 'long enough password' };
  await visit.submit('/signup', { ...right, ...wrong });
  expect(visit.page.status).toBe(400);
  expect(visit.words).toContain(sentence);
  const [field = ''] = Object.keys(wrong);
  expect(visit.page.text).toMatch(new RegExp(`<input[^>]*name="${field}"[^>]*aria-invalid="true"`));
});

/** @shows ASVS V7.4.1, session fixation */
test('signing out ends the session: the same cookie opens nothing', async () => {
  const visit = await signedUp();
  await visit.open('/device');
  const kept = visit.copy();
  await kept.open('/device');
  expect(kept.page.text).not.toContain('type="password"');
  await visit.submit('/signout');
  for (const browser of [visit, kept]) {
    await browser.open('/device');
    expect(browser.page.text).toContain('type="password"');
  }
});

test('signing in rotates the session: one planted before is worth nothing', async () => {
  const email = `${randomUUID()}@example.com`;
  const visit = new BrowserVisit(api());
  await visit.open('/signup');
  const plantedBeforeSignUp = visit.copy();
  await visit.submit('/signup', { email, password: 'long enough password' });
  const plantedBeforeSignIn = visit.copy();
  await visit.open('/signin');
  await visit.submit('/signin', { email, password: 'long enough password' });
  expect(visit.words).toContain(email);
  for (const planted of [plantedBeforeSignUp, plantedBeforeSignIn]) {
    await planted.open('/account/sessions');
    expect(planted.words).not.toContain(email);
    expect(planted.page.text).toContain('type="password"');
  }
});

test('what a program calls itself cannot become markup', async () => {
  const login = await startLogin(api(), '<img src=x onerror=alert(1)>');
  const visit = await signedUp();
  await visit.open(`/device?user_code=${login.user_code}`);
  expect(visit.page.text).not.toContain('<img src=x');
  expect(visit.words).toContain('<img src=x onerror=alert(1)>');
});

/** @shows framing, injection, RFC 9700 §4.2, RFC 9700 §4.16 */
test('every page forbids scripts, frames and foreign content', async () => {
  const visit = new BrowserVisit(api());
  for (const path of ['/', '/device', '/signin', '/signup', '/nothing']) {
    await visit.open(path);
    const policy = visit.page.headers.get('content-security-policy');
    expect(policy).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(policy).not.toContain('unsafe');
    expect(visit.page.headers.get('referrer-policy')).toBe('same-origin');
    expect(visit.page.headers.get('x-frame-options')).toBe('DENY');
    // Those that show a password and ask for a passkey are named by their hashes in the policy; nothing needs them.
    expect(visit.page.text.replaceAll(showPasswordElement, '').replaceAll(passkeyElement, '')).not.toMatch(
      /<script/i,
    );
    expect(visit.page.text.length).toBeLessThan(30_000);
  }
});

test('the page after an approval may run its one script and ask this origin, nothing else', async () => {
  const login = await startLogin(api());
  const visit = await signedUp();
  await visit.open(`/device?user_code=${login.user_code}`);
  await visit.submit('/device/decision', { decision: 'approve' });
  const policy = visit.page.headers.get('content-security-policy') ?? '';
  const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(visit.page.text) ?? [];
  const hash = createHash('sha256').update(script).digest('base64');
  expect(policy).toMatch(/^default-src 'none'/);
  expect(policy).toContain(`script-src 'sha256-${hash}'; connect-src 'self'`);
  expect(policy).not.toContain('unsafe');
  expect(visit.page.text.match(/<script/g)).toHaveLength(1);
  expect(Buffer.byteLength(visit.page.text)).toBeLessThan(30_000);
});

test('a person is spoken to in the language of the browser', async () => {
  const german = await fetch(`${api()}/signin`, { headers: { 'accept-language': 'fr;q=0.9, de-AT' } });
  expect(await german.text()).toContain('<html lang="de"');
});
