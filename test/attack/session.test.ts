import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { send } from '../support/http.ts';
import { openApi } from '../support/openapi.ts';
import { letPass } from '../support/open-sessions.ts';
import { Person } from '../support/person.ts';
import { poll, startLogin } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';
import { toldAbout } from '../support/told.ts';

let deployment: Deployment;
let redis: Redis;
beforeAll(async () => {
  deployment = await deploy({ PUBLIC_URL: 'https://login.example' });
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

const api = () => deployment.urls[0];
const other = () => deployment.urls[1];
const page = async (cookie: string) =>
  (await send(`${other()}/device`, { method: 'GET', headers: { cookie } })).text;
const asksForPassword = (text: string) => text.includes('type="password"');

/** @shows session fixation, ASVS V7.2.4 */
test('a session that was planted in a browser ends when somebody signs in there, at every instance', async () => {
  const [attacker, victim] = [await Person.signUp(api()), await Person.signUp(api())];
  expect(asksForPassword(await page(attacker.cookie))).toBe(false);
  const signedIn = await send(`${api()}/api/auth/login/`, {
    json: { email: victim.email, password: victim.password },
    headers: { cookie: attacker.cookie },
  });
  const [cookie = ''] = signedIn.headers.getSetCookie();
  expect(cookie).toContain('__Host-ravi_session=');
  expect(cookie).not.toContain(attacker.cookie);
  expect(asksForPassword(await page(attacker.cookie))).toBe(true);
});

/** @shows session fixation, ASVS V7.2.1, ASVS V7.2.2 */
test('a token that nobody was given opens no session, and signing in does not make it one', async () => {
  const planted = `__Host-ravi_session=${'A'.repeat(43)}`;
  const victim = await Person.signUp(api());
  await send(`${api()}/api/auth/login/`, {
    json: { email: victim.email, password: victim.password },
    headers: { cookie: planted },
  });
  expect(asksForPassword(await page(planted))).toBe(true);
});

/** @shows session fixation */
test('every cookie is __Host-, Secure, HttpOnly and SameSite=Lax, for this host and path alone', async () => {
  const answers = [
    await send(`${api()}/signin`, { method: 'GET' }),
    await send(`${api()}/api/auth/signup/`, {
      json: { email: `${randomUUID()}@example.com`, password: 'long enough password' },
    }),
  ];
  const cookies = answers.flatMap(({ headers }) => headers.getSetCookie());
  expect(cookies).toHaveLength(3);
  for (const cookie of cookies) {
    expect(cookie).toMatch(/^__Host-/);
    const attributes = cookie.split('; ').slice(1);
    expect(attributes).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'SameSite=Lax', 'Secure']));
    expect(cookie).not.toMatch(/domain=/i);
  }
  for (const { headers } of answers)
    expect(headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
});

/** @shows cross-site forms */
test.each([
  ['another site', { origin: 'https://evil.example' }],
  ['a subdomain', { origin: 'https://evil.login.example' }],
  ['a name that begins like ours', { origin: 'https://login.example.evil.example' }],
  ['a frame without origin', { origin: 'null' }],
  ['a page of the same site', { 'sec-fetch-site': 'same-site' }],
  ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
])('what %s sends is refused, even with the cookie and the right CSRF token', async (_, from) => {
  const person = await Person.signUp(api());
  const login = await startLogin(api());
  const json = { user_code: login.user_code };
  const headers = { cookie: person.cookie, 'x-csrf-token': person.csrfToken, ...from };
  expect((await send(`${api()}/api/auth/device/approve/`, { json, headers })).status).toBe(403);
  const form = { ...json, decision: 'approve', csrf_token: person.csrfToken };
  expect((await send(`${other()}/device/decision`, { form, headers })).status).toBe(403);
  expect((await send(`${other()}/signout`, { form, headers })).status).toBe(403);
});

/** Which CSRF token a form needs: that of the session, that of the visit before signing in, or the token alone. */
const forms: Readonly<Record<string, 'session' | 'visit' | 'link'>> = {
  '/device/code': 'session',
  '/device/decision': 'session',
  '/signin': 'visit',
  '/signup': 'visit',
  '/signout': 'session',
  '/account/sessions/end': 'session',
  '/account/sessions/end-others': 'session',
  '/account/password': 'session',
  '/account/verify': 'session',
  '/account/address': 'session',
  '/account/programs/end': 'session',
  '/account/delete': 'session',
  '/account/security/app': 'session',
  '/account/security/passkeys': 'session',
  '/account/security/recovery-codes': 'session',
  '/account/security/remove': 'session',
  '/account/security/link': 'session',
  '/account/security/unlink': 'session',
  '/signin/once-more': 'session',
  '/signin/by-passkey': 'visit',
  '/signin/second-step': 'visit',
  '/forgot': 'visit',
  // Browsers send them with "Origin: null", since their page is one of a link: the token alone tells that they are ours.
  '/account/address/confirm': 'link',
  '/account/undo': 'link',
  '/reset': 'link',
  '/verify': 'link',
};

/** A person's browser: its cookies, the tokens of its session and visit, and the token of a session that it had before. */
async function browser() {
  const person = await Person.signUp(api());
  const json = { email: person.email, password: person.password };
  const signIn = await send<{ csrf_token: string }>(`${api()}/api/auth/login/`, {
    json,
    headers: { cookie: person.cookie },
  });
  const page = await send(`${api()}/signin`, { method: 'GET' });
  const [, visit = ''] = /name="csrf_token"\s+value="([^"]+)"/.exec(page.text) ?? [];
  const cookies = [...signIn.headers.getSetCookie(), ...page.headers.getSetCookie()];
  const cookie = cookies.map((set) => set.split(';')[0]).join('; ');
  return { person, cookie, session: signIn.body.csrf_token, visit, old: person.csrfToken };
}

/** @shows cross-site forms */
test('no call of a session is taken without its CSRF token, with a foreign or an old one, from http:// of the same host or from another site', async () => {
  const calls = Object.entries(openApi.paths)
    .filter(([, { post }]) => post?.security?.some((needed) => 'session' in needed))
    .map(([path]) => path);
  expect(calls.toSorted()).toEqual(['/api/auth/device/approve/', '/api/auth/device/deny/']);
  const [mine, theirs] = [await browser(), await browser()];
  const login = await startLogin(api());
  const post = async (path: string, token: string | null, from: Readonly<Record<string, string>> = {}) => {
    const headers = { cookie: mine.cookie, ...(token === null ? {} : { 'x-csrf-token': token }), ...from };
    return (await send(other() + path, { json: { user_code: login.user_code }, headers })).status;
  };
  const right = mine.session;
  const wrong = [null, '', mine.old, mine.visit, theirs.session, theirs.visit, `${right.slice(0, -1)}~`];
  const elsewhere: readonly Readonly<Record<string, string>>[] = [
    { origin: new URL(other()).origin },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const path of calls) {
    const statuses = await Promise.all([
      ...wrong.map((token) => post(path, token)),
      ...elsewhere.map((from) => post(path, right, from)),
    ]);
    expect([path, new Set(statuses)]).toEqual([path, new Set([403])]);
  }
  expect((await poll(api(), login.device_code)).body.error).toBe('authorization_pending');
  expect(await post('/api/auth/device/deny/', right)).toBe(200);
});

/** @shows cross-site forms */
test('no form is taken without its CSRF token, with a foreign or an old one, or from http:// of the same host', async () => {
  const posts = Object.entries(openApi.paths).filter(
    ([path, { post }]) => post && !/^\/(api|oauth)\//.test(path),
  );
  expect(posts.map(([path]) => path).toSorted()).toEqual(Object.keys(forms).toSorted());
  const [mine, theirs] = [await browser(), await browser()];
  for (const [path, needs] of Object.entries(forms)) {
    const post = async (token: string | null, headers: Readonly<Record<string, string>> = {}) => {
      const form = { ...(token === null ? {} : { csrf_token: token }), user_code: 'BBBB-BBBB' };
      return (await send(other() + path, { form, headers: { cookie: mine.cookie, ...headers } })).status;
    };
    const [right, wrong] = needs === 'session' ? [mine.session, mine.visit] : [mine.visit, mine.session];
    const refused = [null, '', mine.old, theirs.session, theirs.visit, wrong, `${right.slice(0, -1)}~`];
    const statuses = await Promise.all(refused.map((token) => post(token)));
    // Where people come over TLS, the name in the request's own Host header is no proof.
    if (needs !== 'link') statuses.push(await post(right, { origin: new URL(other()).origin }));
    // A browser that has no cookies presents what it likes.
    if (needs !== 'session') statuses.push(await post(right, { cookie: '' }));
    expect([path, new Set(statuses)]).toEqual([path, new Set([403])]);
    // These end the session that the others need, or change its cookie.
    const taken = /\/(signout|end-others)$/.test(path) ? 0 : await post(right);
    expect([path, taken]).not.toEqual([path, 403]);
  }
  expect(asksForPassword(await page(mine.cookie))).toBe(false);
  const signedOut = await send(`${other()}/signout`, {
    form: { csrf_token: mine.session },
    headers: { cookie: mine.cookie },
  });
  expect(signedOut.status).toBe(303);
});

/** Where a page or a form of an account leads whoever is not signed in, or signed in too long ago. */
type Way = readonly [method: 'GET' | 'POST', path: string, leadsTo: string];
const signIn = '/signin?next=';
const onceMore = '/signin/once-more?next=';
const changesOfFactors = ['app', 'passkeys', 'recovery-codes', 'remove'];

const whereTo = (sent: { readonly headers: Headers }) => sent.headers.get('location');

test.each<Way>([
  ['GET', '/account/programs', `${signIn}programs`],
  ['GET', '/account/activity', `${signIn}activity`],
  ['GET', '/account/sessions', `${signIn}sessions`],
  ['GET', '/account/password', `${signIn}password`],
  ['GET', '/account/address', `${signIn}address`],
  ['GET', '/account/security', `${signIn}security`],
  ['GET', '/account/security/app', `${signIn}security`],
  ['GET', '/account/delete', `${signIn}delete`],
  ['GET', '/signin/once-more?next=security', `${signIn}security`],
  ['POST', '/account/programs/end', `${signIn}programs`],
  ['POST', '/account/sessions/end', '/account/sessions'],
  ['POST', '/account/sessions/end-others', '/account/sessions'],
  ['POST', '/account/verify', `${signIn}sessions`],
  ['POST', '/account/password', `${signIn}password`],
  ['POST', '/account/address', `${signIn}address`],
  ['POST', '/account/delete', `${signIn}delete`],
  ...changesOfFactors.map((form): Way => ['POST', `/account/security/${form}`, '/account/security']),
  ['POST', '/account/security/link', `${signIn}security`],
  ['POST', '/account/security/unlink', `${signIn}security`],
  // Once signed in, nobody has to prove it once more.
  ['POST', '/signin/once-more', '/account/security'],
  ['POST', '/signin/by-passkey', '/account/security'],
])('%s %s of somebody whose session is over leads to %s', async (method, path, leadsTo) => {
  const { csrfToken } = await Person.signUp(api());
  const form = { csrf_token: csrfToken, next: 'security', again: '1' };
  const answer = await send(other() + path, method === 'GET' ? { method } : { form });
  expect([answer.status, whereTo(answer)]).toEqual([303, leadsTo]);
});

/** @shows forgotten session, ASVS V7.5.1 */
test.each<Way>([
  ['GET', '/account/password', `${onceMore}password`],
  ['GET', '/account/address', `${onceMore}address`],
  ['GET', '/account/security', `${onceMore}security`],
  ['GET', '/account/security/app', `${onceMore}security`],
  ['POST', '/account/password', `${onceMore}password`],
  ['POST', '/account/address', `${onceMore}address`],
  ...[...changesOfFactors, 'link', 'unlink'].map((form): Way => [
    'POST',
    `/account/security/${form}`,
    `${onceMore}security`,
  ]),
])('%s %s of somebody who signed in an hour ago leads to %s', async (method, path, leadsTo) => {
  const { user, cookie, csrfToken } = await Person.signUp(api());
  await letPass(redis, user.id, 3600);
  const headers = { cookie };
  const sent = method === 'GET' ? { method, headers } : { headers, form: { csrf_token: csrfToken } };
  const answer = await send(other() + path, sent);
  expect([answer.status, whereTo(answer)]).toEqual([303, leadsTo]);
});

/** @shows forgotten session */
test.each([
  ['remove', { factor: 'passkey:none' }],
  ['unlink', { link: 'none' }],
])(
  'a stolen session makes no browser known to its account by a form that changes nothing: %s',
  async (path, fields) => {
    const { cookie, csrfToken } = await Person.signUp(api());
    const form = { csrf_token: csrfToken, ...fields };
    const answer = await send(`${other()}/account/security/${path}`, { form, headers: { cookie } });
    expect(whereTo(answer)).toContain('?done=');
    expect(answer.headers.getSetCookie()).toEqual([]);
  },
);

/** @shows somebody else’s */
test('a form ends no session of somebody else, and what it did not end is not told', async () => {
  const [mine, theirs] = [await browser(), await browser()];
  const list = await send(`${api()}/account/sessions`, { method: 'GET', headers: { cookie: theirs.cookie } });
  const ids = [...list.text.matchAll(/name="session" value="([\w-]{43})"/g)].map(([, id = '']) => id);
  expect(ids).not.toEqual([]);
  const end = (session: string) =>
    send(`${other()}/account/sessions/end`, {
      form: { csrf_token: mine.session, session },
      headers: { cookie: mine.cookie },
    });
  for (const id of [...ids, 'A'.repeat(43), '']) expect((await end(id)).status).toBe(303);
  expect(asksForPassword(await page(theirs.cookie))).toBe(false);
  const others = await send(`${other()}/account/sessions/end-others`, {
    form: { csrf_token: mine.session },
    headers: { cookie: mine.cookie },
  });
  const cookie = others.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  // What comes last tells that all before it is there.
  const login = await startLogin(other());
  await send(`${other()}/api/auth/device/deny/`, {
    json: { user_code: login.user_code },
    headers: { cookie, 'x-csrf-token': mine.session },
  });
  const told = await toldAbout(redis, mine.person.user.id, 'denied');
  expect(told.filter(({ event }) => event === 'session_ended')).toHaveLength(1);
});
