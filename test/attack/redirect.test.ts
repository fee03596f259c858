import { request } from 'node:http';
import { BrowserVisit } from '../support/browser-visit.ts';
import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

let deployment: SharedDeployment;
beforeAll(async () => {
  deployment = await shareDeployment();
});
afterAll(() => deployment.stop());

const api = () => deployment.urls[0];

/** What a link may try to smuggle through sign-in. */
const elsewhere = [
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  'BCDF-GHJK@evil.example',
  'javascript:alert(1)',
  'BCDF-GHJK\r\nLocation: https://evil.example',
  'BCDF-GHJK&next=https://evil.example',
];

/** @shows open redirect, header and log injection, RFC 9700 §2.1(2), RFC 9700 §4.11.2, RFC 9700 §4.12 */
test.each(elsewhere)(
  'signing in, signing out and entering a code lead to the code page, not to %j',
  async (code) => {
    const person = await Person.signUp(api());
    const visit = new BrowserVisit(api());
    const query = ['user_code', 'next', 'return_to', 'redirect_uri']
      .map((name) => `${name}=${encodeURIComponent(code)}`)
      .join('&');
    await visit.open(`/signin?${query}`);
    const token = /name="csrf_token"\s+value="([^"]+)"/.exec(visit.page.text)?.[1] ?? '';
    const cookie = visit.page.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const hostile = { user_code: code, next: code, return_to: code };
    const form = { csrf_token: token, email: person.email, password: person.password, ...hostile };
    const answer = await send(`${api()}/signin?${query}`, { form, headers: { cookie } });
    const signedIn = { cookie: person.cookie };
    const fields = { ...hostile, csrf_token: person.csrfToken };
    const answers = [
      answer,
      await send(`${api()}/device/code?${query}`, { form: fields, headers: signedIn }),
      await send(`${api()}/signout?${query}`, { form: fields, headers: signedIn }),
    ];
    expect(answer.status).toBe(303);
    for (const { headers } of answers)
      expect(headers.get('location') ?? '/device').toMatch(
        /^\/device(\?user_code=[A-Z]{4}-[A-Z]{4})?([?&]done=signed-out)?$/,
      );
  },
);

/** @shows open redirect */
test('links that programs are given start with PUBLIC_URL, whatever host the request names', async () => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const started = request(`${api()}/api/auth/device/`, {
    method: 'POST',
    headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'ftp' },
  });
  started.on('error', reject).on('response', (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => (text += part));
    response.on('end', () => resolve(text));
  });
  started.end();
  const answer = JSON.parse(await promise) as Record<string, string>;
  expect(answer['verification_uri']).toBe('http://login.localhost:3000/device');
  expect(JSON.stringify(answer)).not.toContain('evil');
});
