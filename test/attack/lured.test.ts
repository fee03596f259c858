import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { startLogin } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy({ RATE_LIMITS: 'on' });
});
afterAll(() => deployment.stop());

const api = () => deployment.urls[0];
const open = (path: string, headers: Record<string, string> = {}) =>
  send(`${api()}${path}`, { method: 'GET', headers });

/** @shows RFC 10027 §6.1.15, RFC 8628 §5.4 */
test('a link on another site looks nothing up, so it shows no request and spends no guess: it fills in the field', async () => {
  const person = await Person.signUp(api());
  const login = await startLogin(api(), 'Lure');
  const headers = { cookie: person.cookie, 'sec-fetch-site': 'cross-site' };
  const { text } = await open(`/device?user_code=${login.user_code}`, headers);
  expect(text).toContain(`value="${login.user_code}"`);
  expect(text).not.toContain('Lure');
  for (const letter of 'BCDFGHJK') await open(`/device?user_code=ZZZZ-ZZZ${letter}`, headers);
  expect((await person.approve(api(), login.user_code)).status).toBe(200);
});

/** @shows RFC 10027 §6.1.15 */
test('without a session a code is not looked up: one that exists and one that does not get the same page', async () => {
  const login = await startLogin(api(), 'Secretive');
  const pages = await Promise.all(
    [login.user_code, 'BCDF-GHJK'].map((code) => open(`/device?user_code=${code}`)),
  );
  const [real, made] = pages.map(({ text }) =>
    text
      .replaceAll(/[A-Z]{4}-[A-Z]{4}/g, 'CODE')
      .replaceAll(/(csrf_token"\s+value="|challenge&#34;:&#34;)[\w-]+/g, '$1'),
  );
  expect(real).toBe(made);
  expect(real).not.toContain('Secretive');
});

/** @shows RFC 10027 §6.1.13 */
test.each([
  ['en', 'If somebody sent you one, do not use it.'],
  ['de', 'Hat Ihnen jemand einen geschickt, verwenden Sie ihn nicht.'],
])(
  'every page says never to use a code that somebody sent, in the language of the reader: %s',
  async (language, advice) => {
    const person = await Person.signUp(api());
    const { user_code: code } = await startLogin(api());
    for (const path of ['/', '/device', `/device?user_code=${code}`, '/signin', '/signup', '/nothing']) {
      const headers = { cookie: person.cookie, 'accept-language': language };
      expect((await open(path, headers)).text).toContain(advice);
    }
  },
);
