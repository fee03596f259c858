import { Redis } from 'ioredis';
import { BrowserVisit } from '../support/browser-visit.ts';
import { countedGuesses } from '../support/counted-guesses.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';
import { startLogin } from '../support/program.ts';
import { post, sendAtOnce } from '../support/raw-connection.ts';
import { type OwnRedis, startOwnRedis } from '../support/redis.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';
import { type Deployment, deploy } from '../support/stack.ts';

let redis: OwnRedis;
let smtp: SmtpServer;
let deployment: Deployment;
beforeAll(async () => {
  [redis, smtp] = await Promise.all([startOwnRedis(), startSmtpServer()]);
  const env = {
    RATE_LIMITS: 'on',
    TRUSTED_PROXY_HOPS: '1',
    WRITES_PER_CREDENTIAL: '8',
    WRITES_PER_ACCOUNT: '20',
    SMTP_URL: smtp.url,
    MAIL_FROM: 'Ravi <login@example.com>',
  };
  deployment = await deploy(env, redis);
});
afterAll(async () => {
  await deployment.stop();
  smtp.close();
});

const api = () => deployment.urls[0];
const other = () => deployment.urls[1];

/** An address of its own, as a trusted proxy reports it. */
const from = (address: string) => ({ 'x-forwarded-for': address });

/** Signs in at either api in turn; `cookie` is what the browser has. */
let attempts = 0;
const signIn = (email: string, password: string, address: string, cookie = '') =>
  send(`${attempts++ % 2 ? api() : other()}/api/auth/login/`, {
    json: { email, password },
    headers: { ...from(address), ...(cookie === '' ? {} : { cookie }) },
  });

/** The cookies that a browser keeps of an answer, without the session's: it was closed, or signed out. */
const browserCookie = (headers: Headers) =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .find((cookie) => cookie.startsWith('ravi_browser=')) ?? '';

const statuses = async (answers: readonly Promise<{ status: number }>[]) =>
  (await Promise.all(answers)).map(({ status }) => status);

/** @shows password guessing, ASVS V6.3.1 */
test('an office of 100 behind one address signs in at one moment, after some mistyped: successes do not count', async () => {
  const people = await Promise.all(
    Array.from({ length: 5 }, (_, i) => Person.signUp(api(), from(`198.51.${i}.1`))),
  );
  const office = '203.0.113.1';
  const mistyped = people.slice(0, 3).flatMap(({ email }) => Array<string>(6).fill(email));
  expect(await statuses(mistyped.map((email) => signIn(email, 'mistyped', office)))).toEqual(
    Array(18).fill(401),
  );
  const hundred = Array.from({ length: 100 }, (_, i) => people[i % 5] as Person);
  const answers = await statuses(hundred.map(({ email, password }) => signIn(email, password, office)));
  expect(answers).toEqual(Array(100).fill(200));
});

/** @shows password guessing, ASVS V6.3.1 */
test('a browser that signed in before is not locked out by guesses at the account, nor by those from its own address', async () => {
  const person = await Person.signUp(api(), from('192.0.2.1'));
  const known = browserCookie((await signIn(person.email, person.password, '192.0.2.1')).headers);
  const addresses = ['192.0.2.1', '198.51.100.1', '198.51.101.1', '198.51.102.1', '198.51.103.1'];
  const guesses = addresses.flatMap((address) => Array<string>(20).fill(address));
  const guessed = await statuses(guesses.map((address) => signIn(person.email, 'a guess', address)));
  expect(guessed).toEqual(Array(100).fill(401));
  for (const address of ['192.0.2.1', '100.64.0.1'])
    expect((await signIn(person.email, person.password, address)).status).toBe(429);
  const again = await signIn(person.email, person.password, '192.0.2.1', known);
  expect(again.status).toBe(200);
  const renewed = browserCookie(again.headers);
  expect(renewed).not.toBe(known);
  expect((await signIn(person.email, person.password, '100.64.0.1', renewed)).status).toBe(200);
});

/** @shows password guessing, ASVS V6.3.1 */
test('being known gives a browser twenty guesses of its own, and none at another account', async () => {
  const [thief, victim] = await Promise.all([Person.signUp(api()), Person.signUp(api())]);
  const cookie = browserCookie((await signIn(thief.email, thief.password, '100.65.0.1')).headers);
  const guess = (email: string) => signIn(email, 'a guess', '100.65.0.1', cookie);
  expect(await statuses(Array.from({ length: 20 }, () => guess(thief.email)))).toEqual(Array(20).fill(401));
  expect((await signIn(thief.email, thief.password, '100.65.0.1', cookie)).status).toBe(429);
  const changed = cookie.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
  expect(await statuses(Array.from({ length: 20 }, () => guess(victim.email)))).toEqual(Array(20).fill(401));
  for (const presented of [cookie, changed, 'ravi_browser=~~', 'ravi_browser=1.2.3'])
    expect((await signIn(victim.email, victim.password, '100.65.0.1', presented)).status).toBe(429);
});

/** @shows password guessing, flooding */
test('one network cannot use up the password queue: the rest of its rush is told when to come again, others go on', async () => {
  const person = await Person.signUp(api(), from('192.0.2.9'));
  const rush = await sendAtOnce(
    deployment.apis[0],
    Array.from({ length: 200 }, (_, i) =>
      post('/api/auth/login/', JSON.stringify({ email: `${i}@example.com`, password: 'a guess' }), [
        `X-Forwarded-For: 2001:db8:9:${i.toString(16)}::1`,
      ]),
    ),
  );
  let over = 0;
  const answers = rush.map((connection) => connection.next().finally(() => over++));
  const { status } = await send(`${api()}/api/auth/login/`, {
    json: { email: person.email, password: person.password },
    headers: from('192.0.2.10'),
  });
  expect(status).toBe(200);
  expect(over).toBeLessThan(150);
  const busy = (await Promise.all(answers)).filter((answer) => answer.status === 503);
  for (const connection of rush) connection.destroy();
  expect(busy.length).toBeGreaterThan(40);
  expect(busy.every(({ headers }) => Number(headers['retry-after']) > 0)).toBe(true);
});

/** @shows RFC 8628 §5.1 */
test('ten approvals of a right code at once are no guesses, even where one wrong code is left', async () => {
  const person = await Person.signUp(api(), from('192.0.2.20'));
  for (const letter of 'BCDF')
    expect((await person.approveWith(api(), `ZZZZ-ZZZ${letter}`, {}, from('192.0.2.20'))).status).toBe(404);
  const login = await startLogin(api());
  const client = new Redis(redis.url);
  const before = await countedGuesses(client);
  const approvals = Array.from({ length: 10 }, (_, i) =>
    person.approveWith(i % 2 ? api() : other(), login.user_code, {}, from('192.0.2.20')),
  );
  expect(await statuses(approvals)).toEqual(Array(10).fill(200));
  await eventually('the right codes are taken back', async () => (await countedGuesses(client)) === before);
  client.disconnect();
  expect((await person.approveWith(api(), 'ZZZZ-ZZZG', {}, from('192.0.2.20'))).status).toBe(404);
  expect((await person.approveWith(other(), login.user_code, {}, from('192.0.2.20'))).status).toBe(429);
});

/** @shows RFC 8628 §5.1 */
test('codes that were entered while Redis hung are no guesses: the right one is taken at once when it is back', async () => {
  const person = await Person.signUp(api(), from('192.0.2.30'));
  const login = await startLogin(api());
  const approve = () => person.approveWith(api(), login.user_code, {}, from('192.0.2.30'));
  expect((await approve()).status).toBe(200);
  const next = await startLogin(api());
  const inVain: number[] = [];
  for (let outage = 0; outage < 6; outage++) {
    redis.freeze();
    inVain.push((await person.approveWith(api(), next.user_code, {}, from('192.0.2.30'))).status);
    redis.thaw();
    // Redis works in order: when this is answered, all that was sent before is done.
    await approve();
  }
  expect(inVain).toEqual(Array(6).fill(503));
  const last = await eventually('Redis is back', async () => {
    const { status } = await person.approveWith(api(), next.user_code, {}, from('192.0.2.30'));
    return status !== 503 && status;
  });
  expect(last).toBe(200);
});

/** @shows flooding */
test('changes have a pace for each credential and account; other accounts, and the person who ends the program, go on', async () => {
  const person = await Person.signUp(api(), from('192.0.2.40'));
  const [one, two, three] = [
    await logIn(api(), person),
    await logIn(api(), person),
    await logIn(api(), person),
  ];
  const makeKey = (credential: string, url = api()) =>
    call('POST', `${url}/api/auth/keys/management/`, credential, {});
  const mine = (credential: string) => statuses(Array.from({ length: 10 }, () => makeKey(credential)));
  expect((await mine(one.access)).toSorted((a, b) => a - b)).toEqual([
    ...Array<number>(8).fill(201),
    429,
    429,
  ]);
  const refused = await call(
    'DELETE',
    `${other()}/api/identities/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}/`,
    one.access,
  );
  expect(refused.status).toBe(429);
  expect(refused.body['retry_after_seconds']).toBe(Number(refused.headers.get('retry-after')));
  expect((await mine(two.access)).toSorted((a, b) => a - b)).toEqual([
    ...Array<number>(8).fill(201),
    429,
    429,
  ]);
  expect((await mine(three.access)).filter((status) => status === 201)).toHaveLength(4);
  expect((await call('GET', `${api()}/api/identities/`, one.access)).status).toBe(200);
  const somebody = await Person.signUp(api(), from('192.0.2.41'));
  expect((await makeKey((await logIn(api(), somebody)).access)).status).toBe(201);
  const unlimited = await deployment.stack.startApi({ RATE_LIMITS: 'off' });
  expect((await makeKey(one.access, unlimited.url)).status).toBe(201);
  const visit = new BrowserVisit(api());
  await visit.open('/signin?next=programs');
  await visit.submit('/signin', { email: person.email, password: person.password });
  const [, token = ''] = /name="csrf_token"\s+value="([^"]+)"/.exec(visit.page.text) ?? [];
  const end = () => visit.post('/account/programs/end', { csrf_token: token, end: 'all' });
  await end();
  expect(visit.page.status).toBe(200);
  expect((await call('GET', `${api()}/api/identities/`, two.access)).status).toBe(401);
  for (let again = 0; again < 7; again++) await end();
  expect(visit.page.status).toBe(200);
  await end();
  expect([visit.page.status, Number(visit.page.headers.get('retry-after')) > 0]).toEqual([429, true]);
});

/** @shows flooding */
test('a browser that has changed its account too often is told so by each form of the account, and when to try again', async () => {
  const { cookie, csrfToken } = await Person.signUp(api(), from('192.0.2.60'));
  const post = (path: string, filledIn: Readonly<Record<string, string>>) =>
    send(other() + path, { headers: { cookie }, form: { csrf_token: csrfToken, ...filledIn } });
  const ends = () => post('/account/programs/end', { end: 'all' });
  expect(await statuses(Array.from({ length: 8 }, ends))).toEqual(Array(8).fill(303));
  const fresh = {
    current_password: 'a guess',
    new_password: 'another long password',
    email: 'b@example.com',
  };
  const security = ['app', 'passkeys', 'recovery-codes', 'remove', 'link', 'unlink'];
  const forms = [
    'programs/end',
    'sessions/end',
    'sessions/end-others',
    'verify',
    'password',
    'address',
    'delete',
  ];
  for (const form of [...forms, ...security.map((each) => `security/${each}`)]) {
    const { status, headers, text } = await post(`/account/${form}`, fresh);
    expect([form, status, Number(headers.get('retry-after')) > 0]).toEqual([form, 429, true]);
    // The form stands there again, with the wait, where the person has typed something.
    const isShown =
      /Please try again in \d+ minutes\./.test(text) && text.includes(`action="/account/${form}"`);
    expect([form, isShown]).toEqual([form, ['password', 'address'].includes(form)]);
  }
});

/** @shows password guessing, flooding */
test('one network can ask for thirty links for forgotten passwords in an hour: then the page says when to try again', async () => {
  const page = await send(`${api()}/forgot`, { method: 'GET' });
  const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const [, token = ''] = /name="csrf_token"\s+value="([^"]+)"/.exec(page.text) ?? [];
  const ask = (email: string) =>
    send(`${other()}/forgot`, {
      headers: { cookie, ...from('192.0.2.61') },
      form: { csrf_token: token, email },
    });
  const asked = await statuses(Array.from({ length: 30 }, (_, i) => ask(`${i}@example.com`)));
  expect(asked).toEqual(Array(30).fill(303));
  const { status, headers, text } = await ask('ada@example.com');
  expect([status, Number(headers.get('retry-after')) > 0]).toEqual([429, true]);
  expect(text).toMatch(/Too many links were asked for from your network. Please try again in \d+ \w+\./);
  expect(text).toContain('value="ada@example.com"');
});

/** @shows flooding */
test('a login’s tokens can be refreshed sixty times in a quarter of an hour, then the answer is 429', async () => {
  const person = await Person.signUp(api(), from('192.0.2.50'));
  const { refresh } = await logIn(api(), person);
  const again = () => send(`${api()}/api/auth/token/refresh/`, { json: { refresh } });
  const answers: number[] = [];
  for (let i = 0; i < 62; i++) answers.push((await again()).status);
  expect(answers).toEqual([...Array<number>(60).fill(200), 429, 429]);
});
