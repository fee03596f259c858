import { connect } from 'node:net';
import { BrowserVisit } from '../support/browser-visit.ts';
import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { startLogin } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy({ LOG_LEVEL: 'debug', TRUSTED_PROXY_HOPS: '1' });
});
afterAll(() => deployment.stop());

const api = () => deployment.urls[0];
const markup = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
const smuggled = 'x\r\nSet-Cookie: ravi_session=planted\r\n\r\n{"level":60,"msg":"forged"}';

async function signIn(person: Person): Promise<BrowserVisit> {
  const visit = new BrowserVisit(api());
  await visit.open('/signin');
  await visit.submit('/signin', { email: person.email, password: person.password });
  return visit;
}

/** @shows injection, RFC 10027 §6.1.5 */
test('markup in what a program says of itself is shown as text, in its name and its user agent', async () => {
  const answer = await send<{ user_code: string }>(`${api()}/api/auth/device/`, {
    json: { client_name: markup },
    headers: { 'user-agent': markup },
  });
  const visit = await signIn(await Person.signUp(api()));
  await visit.open(`/device?user_code=${answer.body.user_code}`);
  expect(visit.page.text).not.toMatch(/<script>alert|<img src/i);
  expect(visit.words.split(markup)).toHaveLength(3);
});

/** @shows injection */
test.each(['/signin', '/signup', '/device', '/device/qr', '/nothing'])(
  'markup in the address of %s does not come back as markup',
  async (path) => {
    const query = new URLSearchParams({ user_code: markup, email: markup, [markup]: markup }).toString();
    for (const cookie of ['', (await Person.signUp(api())).cookie]) {
      const { text } = await send(`${api()}${path}?${query}`, { method: 'GET', headers: { cookie } });
      expect(text).not.toMatch(/<script>alert|<img src/i);
    }
  },
);

/** @shows injection */
test('markup in the name of a person or an identity, and in what was typed, does not come back as markup', async () => {
  const email = `ada"'&amp;${Date.now()}@example.com`;
  const account = { email, password: 'long enough password', first_name: markup, last_name: markup };
  const tagged = { ...account, email: `ada<b>${Date.now()}@example.com` };
  expect((await send(`${api()}/api/auth/signup/`, { json: tagged })).status).toBe(400);
  expect((await send(`${api()}/api/auth/signup/`, { json: account })).status).toBe(201);
  const visit = new BrowserVisit(api());
  await visit.open('/signin');
  await visit.submit('/signin', { email: markup, password: 'no' });
  expect(visit.page.text).not.toMatch(/<script>alert|<img src/i);
  await visit.open('/signin');
  await visit.submit('/signin', account);
  const first = await startLogin(api());
  await visit.open(`/device?user_code=${first.user_code}`);
  const terms = { decision: 'approve', identity_uuid: 'new', identity_name: markup };
  await visit.submit('/device/decision', terms);
  expect(visit.page.status).toBe(200);
  await visit.open(`/device?user_code=${(await startLogin(api())).user_code}`);
  expect(visit.words).toContain(markup);
  expect(visit.page.text).not.toMatch(/<script>alert|<img src|<b>\d/i);
});

/** @shows header and log injection */
test('line breaks in any field reach no header, and no line of the log', async () => {
  const person = await Person.signUp(api());
  const signedIn = { cookie: person.cookie, 'x-csrf-token': person.csrfToken };
  const fields = {
    ...Object.fromEntries(
      ['client_name', 'device_code', 'user_code', 'email', 'password', 'first_name', 'identity_name']
        .concat(['identity_uuid', 'key_scope', 'key_ttl', 'decision', 'verification', 'scope', 'client_id'])
        .map((name) => [name, smuggled]),
    ),
    csrf_token: person.csrfToken,
  };
  const paths = ['device/', 'device/token/', 'device/approve/', 'device/deny/', 'signup/', 'login/'];
  const answers = await Promise.all([
    ...paths.map((path) => send(`${api()}/api/auth/${path}`, { json: fields, headers: signedIn })),
    ...['/device/code', '/device/decision', '/signin', '/signup'].map((path) =>
      send(`${api()}${path}`, { form: fields, headers: { cookie: person.cookie } }),
    ),
    send(`${api()}/device?user_code=${encodeURIComponent(smuggled)}`, { method: 'GET', headers: signedIn }),
  ]);
  for (const { headers } of answers) expect(headers.getSetCookie().join()).not.toContain('planted');
  expectCleanLog();
});

/** @shows header and log injection */
test('a header of another kind than HTTP allows is refused, and an address that is none is not written as one', async () => {
  const { hostname, port } = new URL(api());
  const answer = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => {
      const forwarded = '203.0.113.9\n{"level":60,"msg":"forged"}';
      socket.write(
        `POST /api/auth/device/ HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${forwarded}\r\nConnection: close\r\n\r\n`,
      );
    });
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('error', reject).on('close', () => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).not.toContain('forged');
  expectCleanLog();
});

/** Every line that was printed is one JSON object of ours. */
function expectCleanLog(): void {
  const lines = deployment.stack.output().split('\n').filter(Boolean);
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: expect.anything() as unknown });
  expect(lines.map((line) => (JSON.parse(line) as { msg?: string }).msg)).not.toContain('forged');
}
