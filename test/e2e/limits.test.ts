import { randomUUID } from 'node:crypto';
import { auditSharesKey } from '@ravi/audit';
import { Redis } from 'ioredis';
import { approvalsPerAccount, signUpsPerAddress } from '../../services/api/src/limits/fixed-maximums.ts';
import { EventLimit } from '../../services/api/src/limits/event-limit.ts';
import { BrowserVisit } from '../support/browser-visit.ts';
import { countedGuesses } from '../support/counted-guesses.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { poll, startLogin } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';

let deployment: Deployment;
let redis: Redis;
beforeAll(async () => {
  deployment = await deploy({
    RATE_LIMITS: 'on',
    TRUSTED_PROXY_HOPS: '1',
    WRONG_CODES_ALARM: '40',
    AUDIT_MAX_EVENTS: '1000',
    AUDIT_MAX_PER_ACCOUNT: '5',
  });
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

/** An address of its own, as a trusted proxy reports it. */
const from = (address: string) => ({ 'x-forwarded-for': address });
const startFrom = (address: string, api: 0 | 1 = 0) =>
  send(`${deployment.urls[api]}/api/auth/device/`, { headers: from(address) });

/** @shows flooding, RFC 10027 §6.1.11 */
test('one address cannot fill the memory with pending logins, whichever api it asks; others go on', async () => {
  const statuses: number[] = [];
  for (let batch = 0; batch < 8; batch++) {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => startFrom('198.51.100.7', i % 2 ? 0 : 1)),
    );
    statuses.push(...answers.map(({ status }) => status));
  }
  expect(statuses.filter((status) => status === 200)).toHaveLength(300);
  const refused = await startFrom('198.51.100.7');
  expect(refused.status).toBe(429);
  expect(refused.body['retry_after_seconds']).toBe(Number(refused.headers.get('retry-after')));
  expect((await startFrom('198.51.100.8')).status).toBe(200);
});

/** @shows RFC 10027 §6.1.8, RFC 9700 §4.13 */
test('an address that a client only claims does not count: the last hop is the one we trust', async () => {
  const answer = await send(`${deployment.urls[0]}/api/auth/device/`, {
    headers: from('203.0.113.1, 198.51.100.7'),
  });
  expect(answer.status).toBe(429);
});

/** The answer to an account that enters a code from an address, at either api in turn. */
let entries = 0;
const enter = async (person: Person, userCode: string, address: string) =>
  person.approveWith(deployment.urls[entries++ % 2 ? 0 : 1], userCode, {}, from(address));

/** Enters a right code, and resolves once Redis no longer counts it as a guess: the api does not wait for that. */
async function enterRight(person: Person, userCode: string, address: string): Promise<number> {
  const before = await countedGuesses(redis);
  const { status } = await enter(person, userCode, address);
  await eventually('the right code is taken back', async () => (await countedGuesses(redis)) === before);
  return status;
}

const letters = 'BCDFGHJKLMNPQRSTVWXZ'.split('');

/** @shows RFC 8628 §5.1, RFC 10027 §6.1.11 */
test('five wrong codes end the guessing of an account, at both apis, and a right one does not reset it', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  const login = await startLogin(deployment.urls[0]);
  for (let guess = 0; guess < 4; guess++) {
    expect((await enter(person, `BCDF-GHJ${letters[guess]}`, `192.0.2.${guess}`)).status).toBe(404);
  }
  expect(await enterRight(person, login.user_code, '192.0.2.4')).toBe(200);
  expect((await enter(person, 'BCDF-GHJZ', '192.0.2.4')).status).toBe(404);
  const refused = await enter(person, 'BCDF-GHJX', '192.0.2.5');
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
});

/** @shows RFC 8628 §5.1 */
test('five wrong codes end the guessing of an address, whoever is signed in there, and a right one does not reset it', async () => {
  const people = await Promise.all([0, 1, 2].map(() => Person.signUp(deployment.urls[0])));
  const login = await startLogin(deployment.urls[0]);
  const [first, second, third] = people as [Person, Person, Person];
  for (const person of [first, second, first, second]) {
    expect((await enter(person, 'ZZZZ-ZZZZ', '198.51.100.50')).status).toBe(404);
  }
  for (let again = 0; again < 3; again++) {
    expect(await enterRight(third, login.user_code, '198.51.100.50')).toBe(200);
  }
  expect((await enter(first, 'ZZZZ-ZZZZ', '198.51.100.50')).status).toBe(404);
  expect((await enter(third, 'ZZZZ-ZZZZ', '198.51.100.50')).status).toBe(429);
  expect((await enter(third, 'ZZZZ-ZZZZ', '198.51.100.51')).status).toBe(404);
});

test('spellings of one code count like guesses of it: case and hyphens give no more of them', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  const spellings = ['zzzz-zzzz', 'ZZZZZZZZ', 'z z z z z z z z', 'ZZZZ_ZZZZ', 'ｚｚｚｚ-ZZZZ'];
  for (const spelling of spellings) {
    expect((await enter(person, spelling, '192.0.2.80')).status).toBe(404);
  }
  expect((await enter(person, 'zzzz zzzz', '192.0.2.81')).status).toBe(429);
});

test('what cannot be a code is told so and counts for nothing: it is never looked up', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  for (let i = 0; i < 8; i++) expect((await enter(person, 'AEIO-1234', '192.0.2.90')).status).toBe(400);
  expect((await enter(person, 'ZZZZ-ZZZZ', '192.0.2.90')).status).toBe(404);
});

/** @shows RFC 8628 §5.1 */
test('guesses sent at the same moment count like guesses in a row', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  const answers = await Promise.all(
    letters.map((letter, i) => enter(person, `ZZZZ-ZZZ${letter}`, `203.0.113.${i}`)),
  );
  expect(answers.filter(({ status }) => status === 404)).toHaveLength(5);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(15);
});

/** @shows RFC 8628 §5.1 */
test('after too many wrong codes both the page of a code and the answer to its form say when to go on, and keep the code', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  const login = await startLogin(deployment.urls[0]);
  for (let guess = 0; guess < 5; guess++)
    expect((await enter(person, `BCDF-GHJ${letters[guess]}`, `192.0.2.${100 + guess}`)).status).toBe(404);
  const headers = { cookie: person.cookie, ...from('192.0.2.110') };
  const { user_code } = login;
  const form = { csrf_token: person.csrfToken, user_code, decision: 'approve' };
  const pages = await Promise.all([
    send(`${deployment.urls[0]}/device?user_code=${user_code}`, { method: 'GET', headers }),
    send(`${deployment.urls[1]}/device/decision`, { form, headers }),
  ]);
  for (const page of pages) {
    expect([page.status, Number(page.headers.get('retry-after')) > 60]).toEqual([429, true]);
    expect(page.text).toContain('Too many codes did not match. Please try again in');
    expect(page.text).toMatch(new RegExp(`<input\\s+id="user_code"[^>]*value="${user_code}"`));
  }
  expect((await poll(deployment.urls[0], login.device_code)).body.error).toBe('authorization_pending');
});

/** @shows RFC 8628 §5.1, RFC 10027 §6.1.6 */
test('wrong codes of many accounts and addresses raise one alarm over both apis', async () => {
  const warnings = () => deployment.stack.output().match(/somebody may be guessing/g)?.length ?? 0;
  const alarms = async () => {
    const texts = await Promise.all(
      deployment.apis.map(async ({ adminUrl }) => (await fetch(`${adminUrl}/metrics`)).text()),
    );
    return texts
      .flatMap((text) => Array.from(text.matchAll(/^ravi_guessing_alarms_total\S* (\d+)/gm)))
      .reduce((sum, match) => sum + Number(match[1]), 0);
  };
  /** How many alarms 60 wrong codes raise; null where another quarter of an hour, in which they count anew, began meanwhile. */
  const raised = async (network: string) => {
    const period = () => Math.floor(Date.now() / 900_000);
    const [before, beganIn] = [await alarms(), period()];
    await redis.del(`ravi:limit:wrong-codes-total:${beganIn}`);
    for (let guesser = 0; guesser < 30; guesser++) {
      const person = await Person.signUp(deployment.urls[0], from(`${network}.${guesser}`));
      for (let guess = 0; guess < 2; guess++) await enter(person, 'ZZZZ-ZZZX', `${network}.${guesser}`);
    }
    return period() === beganIn ? (await alarms()) - before : null;
  };
  expect((await raised('100.64.0')) ?? (await raised('100.64.1'))).toBe(1);
  const total = await alarms();
  await eventually('each is in the log', () => warnings() >= total);
  expect(warnings()).toBe(total);
});

/** The answer to a form from an address: its status, its words, and whether it says when to come again. */
async function form(path: string, address: string, fields: Readonly<Record<string, string>>) {
  const visit = new BrowserVisit(deployment.urls[1]);
  await visit.open(path);
  const [, token = ''] = /name="csrf_token"\s+value="([^"]+)"/.exec(visit.page.text) ?? [];
  await visit.post(path, { csrf_token: token, ...fields }, from(address));
  return [visit.page.status, visit.words, Number(visit.page.headers.get('retry-after')) > 600];
}

/** @shows flooding */
test('an address cannot sign up without end, by form or call, at any api: it is told when it may again; others sign up', async () => {
  const address = '100.127.0.1';
  const signUp = async (at: string) =>
    (
      await send(`${deployment.urls[0]}/api/auth/signup/`, {
        json: { email: `${randomUUID()}@example.com`, password: 'long enough password' },
        headers: from(at),
      })
    ).status;
  const keysOfLimit = () => redis.keys('ravi:limit:{sign-up}:*');
  const before = new Set(await keysOfLimit());
  expect(await signUp(address)).toBe(201);
  // All but one of the others that it may, without the work of hashing their passwords.
  for (const key of (await keysOfLimit()).filter((each) => !before.has(each))) {
    const [slice = ''] = await redis.hkeys(key);
    await redis.hincrby(key, slice, signUpsPerAddress - 2);
  }
  expect([await signUp(address), await signUp(address)]).toEqual([201, 429]);
  const fields = { email: `${randomUUID()}@example.com`, password: 'long enough password' };
  const told = await form('/signup', address, fields);
  expect(told).toEqual([429, expect.stringMatching(/Too many attempts. Please try again in/), true]);
  expect(await signUp('100.127.0.2')).toBe(201);
});

/** @shows password guessing, ASVS V6.3.1 */
test('guessing a password ends: soon for an address, later for an account, so that strangers do not lock its owner out', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  const attempt = async (address: string) =>
    (
      await send(`${deployment.urls[0]}/api/auth/login/`, {
        json: { email: person.email, password: 'wrong password' },
        headers: from(address),
      })
    ).status;
  for (let i = 0; i < 20; i++) expect(await attempt('203.0.113.200')).toBe(401);
  expect(await attempt('203.0.113.200')).toBe(429);
  const told = await form('/signin', '203.0.113.200', { email: person.email, password: person.password });
  expect(told).toEqual([
    429,
    expect.stringMatching(/Too many attempts. Please try again in 1[45] minutes\./),
    true,
  ]);
  for (let i = 0; i < 80; i++) expect(await attempt(`203.0.113.${i}`)).toBe(401);
  expect(await attempt('203.0.113.201')).toBe(429);
});

test('neither a provider’s network nor an account fills the audit log: events above their share are left out', async () => {
  const [url] = deployment.urls;
  const [person, last] = await Promise.all([
    Person.signUp(url, from('192.0.2.211')),
    Person.signUp(url, from('192.0.2.212')),
  ]);
  await redis.del(auditSharesKey());
  const signIn = async ({ email, password }: Person) => {
    const answer = await send(`${url}/api/auth/login/`, {
      json: { email, password },
      headers: from('192.0.2.213'),
    });
    expect(answer.status).toBe(200);
  };
  // Each of another subscriber, of the same provider's.
  const addresses = Array.from({ length: 80 }, (_, index) => `2001:db8:77:${(index + 1).toString(16)}00::1`);
  for (const address of addresses) expect((await startFrom(address)).status).toBe(200);
  for (let time = 0; time < 8; time++) await signIn(person);
  await signIn(last);
  const events = async () =>
    (await redis.xrange('ravi:audit', '-', '+')).map(
      ([, [, json = '{}']]) => JSON.parse(json) as Readonly<Record<string, unknown>>,
    );
  const signedIn = async ({ user }: Person) =>
    (await events()).filter((event) => event['event'] === 'signed_in' && event['user'] === user.id).length;
  // An api writes its events in order.
  await eventually('the last one is noted', async () => (await signedIn(last)) === 1);
  const started = (await events()).filter(({ address }) => addresses.includes(String(address)));
  // A quarter of the share of starts, which is half of an era, which is half of the log.
  expect([started.length, await signedIn(person)]).toEqual([63, 5]);
});

/** @shows flooding, RFC 10027 §6.1.11 */
test('an account cannot approve without end, at any api; it still denies, and other accounts approve', async () => {
  const [url] = deployment.urls;
  const [person, other] = await Promise.all([
    Person.signUp(url, from('192.0.2.201')),
    Person.signUp(url, from('192.0.2.202')),
  ]);
  const approval = new EventLimit({ redis, name: 'ravi:limit:{approval}', windowSeconds: 900 });
  const before = Array.from({ length: approvalsPerAccount }, () =>
    approval.take([{ name: `account:${person.user.id}`, max: approvalsPerAccount }]),
  );
  await Promise.all(before);
  const codes = await Promise.all(
    ['192.0.2.203', '192.0.2.204'].map(async (address) => (await startFrom(address)).body['user_code']),
  );
  const [first = '', second = ''] = codes.map(String);
  for (const api of deployment.urls) {
    const refused = await person.approveWith(api, first, {});
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  const page = await send(`${url}/device/decision`, {
    form: { csrf_token: person.csrfToken, user_code: first, decision: 'approve' },
    headers: { cookie: person.cookie, ...from('192.0.2.201') },
  });
  expect([page.status, page.text]).toEqual([429, expect.not.stringContaining('codes did not match')]);
  // What was chosen can be sent again as it was.
  for (const field of ['action="/device/decision"', `value="${first}"`, 'name="decision" value="approve"'])
    expect(page.text).toContain(field);
  expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await person.deny(url, first)).status).toBe(200);
  expect((await other.approve(url, second)).status).toBe(200);
});
