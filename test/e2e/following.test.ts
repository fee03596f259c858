import { Redis } from 'ioredis';
import { BrowserVisit } from '../support/browser-visit.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { logIn } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';
import { loginKeyOf, startLogin, wait } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';

let deployment: Deployment;
let redis: Redis;
beforeAll(async () => {
  deployment = await deploy({ LONG_POLL_MAX_SECONDS: '100', RECHECK_SECONDS: '600' });
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

const at = (api: 0 | 1) => deployment.urls[api];

/** What a page of this person asks of an api. */
const follow = (person: Person, userCode: string, api: 0 | 1 = 0, headers: Record<string, string> = {}) =>
  send<{ status?: string }>(`${at(api)}/api/auth/device/status/?user_code=${userCode}`, {
    method: 'GET',
    headers: { cookie: person.cookie, ...headers },
  });

/** Resolves once an api holds this number of pages. */
const held = (count: number, api: 0 | 1 = 0) =>
  eventually(`${count} pages are held`, async () => {
    const text = await (await fetch(`${deployment.apis[api].adminUrl}/metrics`)).text();
    return new RegExp(`^ravi_watched_pages\\S* ${count}$`, 'm').test(text);
  });

test('pages at both apis learn that the program has collected, the moment it has', async () => {
  const [person, login] = [await Person.signUp(at(0)), await startLogin(at(1))];
  await person.approve(at(0), login.user_code);
  const pages = [follow(person, login.user_code, 0), follow(person, login.user_code, 1)];
  await Promise.all([held(1, 0), held(1, 1)]);
  const collected = await wait(at(1), login.device_code);
  expect(collected.status).toBe(200);
  // A page that is not woken is answered "approved" in the end: these were woken.
  expect((await Promise.all(pages)).map(({ body }) => body.status)).toEqual(['collected', 'collected']);
  expect((await follow(person, login.user_code)).body.status).toBe('collected');
});

test.each<[string, string, (person: Person, deviceCode: string) => Promise<void>]>([
  [
    'that their person has ended all programs before any credentials were made',
    'denied',
    async (person) => {
      const visit = new BrowserVisit(at(0));
      await visit.open('/signin?next=programs');
      await visit.submit('/signin', { email: person.email, password: person.password });
      await visit.press('/account/programs/end', 'End all programs and keys');
    },
  ],
  [
    'that no credentials can be made',
    'aborted',
    async (_, deviceCode) => {
      await redis.hset(loginKeyOf(deviceCode), 'wrapped_key', 'of another SECRET');
      deployment.issuer.thaw();
    },
  ],
])('a page learns %s, the moment that is decided', async (_, status, decide) => {
  const person = await Person.signUp(at(0));
  await logIn(at(0), person);
  const login = await startLogin(at(0));
  deployment.issuer.freeze();
  try {
    await person.approve(at(0), login.user_code);
    const page = follow(person, login.user_code, 1);
    await held(1, 1);
    const beganMs = performance.now();
    await decide(person, login.device_code);
    expect((await page).body.status).toBe(status);
    // One that is not woken asks again after 25 s.
    expect(performance.now() - beganMs).toBeLessThan(15_000);
  } finally {
    deployment.issuer.thaw();
  }
});

/** @shows RFC 8628 §5.5 */
test('nobody learns anything of a login that somebody else decided, or nobody, or that is none: all the same', async () => {
  const [approver, stranger] = [await Person.signUp(at(0)), await Person.signUp(at(0))];
  const [approved, pending] = [await startLogin(at(0)), await startLogin(at(0))];
  await approver.approve(at(0), approved.user_code);
  const answers = await Promise.all(
    [approved.user_code, pending.user_code, 'BCDF-GHJK', 'no-code'].map((code) => follow(stranger, code)),
  );
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
});

test('it needs the session, and answers no other site', async () => {
  const [person, login] = [await Person.signUp(at(0)), await startLogin(at(0))];
  await person.approve(at(0), login.user_code);
  expect((await follow(person, login.user_code, 0, { cookie: '' })).status).toBe(401);
  expect((await follow(person, login.user_code, 0, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
});

test('one account holds four pages; a fifth is told to ask again later, and others go on', async () => {
  const [person, other] = [await Person.signUp(at(0)), await Person.signUp(at(0))];
  const [login, otherLogin] = [await startLogin(at(0)), await startLogin(at(0))];
  await person.approve(at(0), login.user_code);
  await other.approve(at(0), otherLogin.user_code);
  const pages = Array.from({ length: 4 }, () => follow(person, login.user_code));
  await held(4);
  const fifth = await follow(person, login.user_code);
  expect(fifth.body.status).toBe('approved');
  expect(Number(fifth.headers.get('retry-after'))).toBeGreaterThan(0);
  const othersPage = follow(other, otherLogin.user_code);
  await held(5);
  await Promise.all([wait(at(1), login.device_code), wait(at(1), otherLogin.device_code)]);
  const answers = await Promise.all([...pages, othersPage]);
  expect(new Set(answers.map(({ body }) => body.status))).toEqual(new Set(['collected']));
  await held(0);
});

test('a page that is closed is held no more', async () => {
  const [person, login] = [await Person.signUp(at(0)), await startLogin(at(0))];
  await person.approve(at(0), login.user_code);
  const leave = new AbortController();
  const left = fetch(`${at(0)}/api/auth/device/status/?user_code=${login.user_code}`, {
    headers: { cookie: person.cookie },
    signal: leave.signal,
  }).catch(() => 'left');
  await held(1);
  leave.abort();
  expect(await left).toBe('left');
  await held(0);
});

test('an api that stops sends its pages elsewhere, and there they learn it', async () => {
  const third = await deployment.stack.startApi();
  const [person, login] = [await Person.signUp(at(0)), await startLogin(at(0))];
  await person.approve(at(0), login.user_code);
  const page = send<{ status: string }>(`${third.url}/api/auth/device/status/?user_code=${login.user_code}`, {
    method: 'GET',
    headers: { cookie: person.cookie },
  });
  await eventually('the page is held', async () =>
    /^ravi_watched_pages\S* 1$/m.test(await (await fetch(`${third.adminUrl}/metrics`)).text()),
  );
  expect(await third.end('SIGTERM')).toBe(0);
  const answer = await page;
  expect(answer.body.status).toBe('approved');
  expect(answer.headers.get('connection')).toBe('close');
  const again = follow(person, login.user_code);
  await held(1);
  await wait(at(1), login.device_code);
  expect((await again).body.status).toBe('collected');
});
