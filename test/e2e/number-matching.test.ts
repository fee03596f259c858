import { randomUUID } from 'node:crypto';
import { logIn as logInAsExample } from '../../examples/resource-server/program.ts';
import type { DeviceCodeResponse } from '@ravi/contract';
import { Redis } from 'ioredis';
import { BrowserVisit } from '../support/browser-visit.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { errorOnceCollected, loginKeyOf, poll, wait } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';

let deployment: Deployment;
let redis: Redis;
beforeAll(async () => {
  deployment = await deploy({ NUMBER_MATCHING: 'other-network', TRUSTED_PROXY_HOPS: '1' });
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

const api = () => deployment.urls[0];
const other = () => deployment.urls[1];

/** A login from another network than the browser's, which comes without a proxy. */
async function startElsewhere(address = '198.51.100.7') {
  const answer = await send<DeviceCodeResponse>(`${api()}/api/auth/device/`, {
    headers: { 'x-forwarded-for': address },
  });
  const { verification = '', ...login } = answer.body;
  expect(verification).toMatch(/^\d{2}$/);
  return { ...login, verification };
}

async function onConfirmation(userCode: string): Promise<BrowserVisit> {
  const visit = new BrowserVisit(api());
  await visit.open('/signup');
  await visit.submit('/signup', { email: `${randomUUID()}@example.com`, password: 'long enough password' });
  await visit.open(`/device?user_code=${userCode}`);
  return visit;
}

/** What warns of a program that is somewhere else. */
const elsewhere = 'The program is on another network than you.';

const numbersOn = (visit: BrowserVisit) =>
  [...visit.page.text.matchAll(/name="verification"\s+value="(\d\d)"/g)].map((match) => match[1] ?? '');

/** @shows RFC 10027 §6.1.17 */
test('the page shows three numbers, the same after a reload; the right one approves', async () => {
  const login = await startElsewhere();
  const visit = await onConfirmation(login.user_code);
  const numbers = numbersOn(visit);
  expect(numbers).toHaveLength(3);
  expect(numbers).toContain(login.verification);
  await visit.open(`/device?user_code=${login.user_code}`);
  expect(numbersOn(visit)).toEqual(numbers);
  await visit.submit('/device/decision', { decision: 'approve', verification: login.verification });
  expect(visit.page.status).toBe(200);
  expect((await wait(other(), login.device_code)).status).toBe(200);
});

/** @shows RFC 10027 §6.1.1, RFC 10027 §6.1.17 */
test('a wrong number denies: the waiting program learns it, and there is no second try', async () => {
  const login = await startElsewhere();
  const visit = await onConfirmation(login.user_code);
  const confirmation = visit.page;
  const wrong = numbersOn(visit).find((number) => number !== login.verification) ?? '';
  const waiting = wait(other(), login.device_code);
  await visit.submit('/device/decision', { decision: 'approve', verification: wrong });
  expect(visit.words).toContain('Denied: another number');
  expect((await waiting).body.error).toBe('access_denied');
  visit.page = confirmation;
  await visit.submit('/device/decision', { decision: 'approve', verification: login.verification });
  expect(visit.words).toContain('this code was denied before');
  expect((await poll(api(), login.device_code)).body.error).toBe('access_denied');
});

test('without a number nothing is decided, and the page asks for it; denying needs none', async () => {
  const login = await startElsewhere();
  const visit = await onConfirmation(login.user_code);
  await visit.submit('/device/decision', { decision: 'approve' });
  expect(visit.page.status).toBe(400);
  expect(visit.page.text).toContain('role="alert"');
  expect((await poll(api(), login.device_code)).body.error).toBe('authorization_pending');
  await visit.submit('/device/decision', { decision: 'deny' });
  expect(visit.page.status).toBe(200);
});

test('the JSON call needs the number as well, and a wrong one denies there too', async () => {
  const person = await Person.signUp(api());
  const [right, wrong] = [await startElsewhere(), await startElsewhere()];
  expect((await person.approve(other(), right.user_code)).status).toBe(400);
  expect((await person.approveWith(other(), right.user_code, { verification: '1' })).status).toBe(400);
  const { verification } = right;
  expect((await person.approveWith(other(), right.user_code, { verification })).status).toBe(200);
  // Once more, as after a lost answer: it stands.
  expect((await person.approveWith(api(), right.user_code, { verification })).status).toBe(200);
  const mistaken = { verification: wrong.verification === '99' ? '98' : '99' };
  expect((await person.approveWith(api(), wrong.user_code, mistaken)).status).toBe(409);
  expect((await poll(api(), wrong.device_code)).body.error).toBe('access_denied');
});

test('a login from the network of the browser needs no number', async () => {
  const answer = await send<DeviceCodeResponse>(`${api()}/api/auth/device/`);
  const visit = await onConfirmation(answer.body.user_code);
  expect(numbersOn(visit)).toEqual([]);
  await visit.submit('/device/decision', { decision: 'approve' });
  expect([visit.page.status, visit.words]).toEqual([200, expect.stringContaining('Approved by you')]);
  expect(visit.words).not.toContain(elsewhere);
});

test('a person who approved a program on another network is warned for as long as the program has access or may come for it', async () => {
  const login = await startElsewhere();
  const visit = await onConfirmation(login.user_code);
  await visit.submit('/device/decision', { decision: 'approve', verification: login.verification });
  const key = loginKeyOf(login.device_code);
  /** Opens the result: whether it says this, and whether it warns. */
  const told = async (words: string) => {
    await visit.open(`/device/result?user_code=${login.user_code}`);
    return [visit.words.includes(words), visit.words.includes(elsewhere)];
  };
  await eventually('the login is issued', async () => (await redis.hget(key, 'state')) === 'issued');
  const approvedAgo = (ms: number) => redis.hset(key, 'approved_at', (Date.now() - ms) * 1000);
  // As for an api whose clock is behind: however busy the machine is, the program is not late.
  await approvedAgo(-600_000);
  expect(await told('Your program goes on by itself.')).toEqual([true, true]);
  await approvedAgo(60_000);
  expect(await told('The program has not come for its access yet.')).toEqual([true, true]);
  await redis.hset(key, 'expires_at', Date.now() - 1);
  expect(await told('The program never came for its access')).toEqual([true, false]);
  expect((await wait(other(), login.device_code)).status).toBe(200);
  expect(await errorOnceCollected(api(), login.device_code)).toBe('invalid_grant');
  expect(await told('Your program has signed in.')).toEqual([true, true]);
});

test('no identity is created by an approval that lacks its number', async () => {
  const person = await Person.signUp(api());
  const login = await startElsewhere();
  const terms = { identity_uuid: 'new', identity_name: 'Night shift' };
  expect((await person.approveWith(api(), login.user_code, terms)).status).toBe(400);
  const { verification } = login;
  expect((await person.approveWith(api(), login.user_code, { verification })).status).toBe(200);
  // With one identity the program gets its key; with two it would get the list.
  expect((await wait(api(), login.device_code)).body).toHaveProperty('identity_key');
});

test('the example of a program shows the number', async () => {
  let printed = '';
  const loggingIn = logInAsExample(api(), (line) => (printed += `${line}\n`));
  const shown = (pattern: RegExp) =>
    eventually(`it prints ${pattern.source}`, () => pattern.exec(printed)?.[1]);
  const [code, number] = [await shown(/compare the code: (\S+)/), await shown(/number to pick: (\d\d)\n/)];
  const person = await Person.signUp(api(), { 'x-forwarded-for': '198.51.100.7' });
  expect((await person.approveWith(api(), code, { verification: number })).status).toBe(200);
  expect(await loggingIn).toHaveProperty('access');
});
