import { randomUUID } from 'node:crypto';
import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { startLogin } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy({ PUBLIC_URL: 'https://login.example' });
});
afterAll(() => deployment.stop());

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
