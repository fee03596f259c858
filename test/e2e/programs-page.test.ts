import { randomUUID } from 'node:crypto';
import type { WireNewApiKey } from '@ravi/contract';
import { Redis } from 'ioredis';
import jwt from 'jsonwebtoken';
import { BrowserVisit } from '../support/browser-visit.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';
import { errorOnceCollected, startLogin, wait } from '../support/program.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';
import { allTold, toldAbout } from '../support/told.ts';

let deployment: SharedDeployment;
let redis: Redis;
beforeAll(async () => {
  deployment = await shareDeployment();
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

const here = () => deployment.urls[0];
const there = () => deployment.urls[1];
const statusOf = async (credential: string) =>
  (await call('GET', `${there()}/api/identities/`, credential)).status;

/** A person with a session in a browser, and another over JSON that approves. */
async function person() {
  const someone = await Person.signUp(here());
  const visit = new BrowserVisit(there());
  await visit.open('/signin');
  await visit.submit('/signin', { email: someone.email, password: someone.password });
  return { someone, visit };
}

/** @shows ASVS V10.7.3 */
test('every login is listed with name, address, time, use and keys, and never a whole key', async () => {
  const { someone, visit } = await person();
  await visit.open('/account/programs');
  expect(visit.words).toContain('No program can act for you at the moment');
  const login = await logIn(here(), someone, 'Moon agent');
  await visit.open('/account/programs');
  for (const words of [
    'Moon agent',
    '127.0.0.1',
    'not used yet',
    'your whole account',
    'ravi_mgmt_',
    'ravi_id_',
  ]) {
    expect(visit.words).toContain(words);
  }
  for (const secret of [login.management_key, login.access, login.refresh]) {
    expect(visit.page.text).not.toContain(secret);
  }
  await statusOf(login.management_key);
  await visit.open('/account/programs');
  expect(visit.words).toMatch(/Last used (now|\d+ seconds? ago)/);
});

/** @shows RFC 10027 §6.1.6, ASVS V10.4.9, ASVS V10.7.3, incomplete end */
test('ending a program ends its tokens and keys at every api at once, and no other program', async () => {
  const { someone, visit } = await person();
  const [kept, ended] = [await logIn(here(), someone, 'Kept'), await logIn(here(), someone, 'Ended')];
  await visit.open('/account/programs');
  await visit.press('/account/programs/end', 'This was not me: Ended');
  expect(visit.page.text).toMatch(/href="\/account\/sessions"[\s\S]*href="\/account\/password"/);
  expect(visit.page.text).toMatch(/role="status">\s*<p>\s*<strong><bdi>Ended<\/bdi>/);
  const stranger = await person();
  const { grant_id: grant } = jwt.decode(ended.access) as { grant_id: string };
  await stranger.visit.open(`/account/programs?done=ended&program=${grant}`);
  expect(stranger.visit.page.text).not.toContain('<strong><bdi>');
  expect(visit.words).not.toContain('This was not me: Ended');
  for (const credential of [ended.access, ended.management_key]) expect(await statusOf(credential)).toBe(401);
  const refresh = await send(`${here()}/api/auth/token/refresh/`, { json: { refresh: ended.refresh } });
  expect(refresh.status).toBe(401);
  for (const credential of [kept.access, kept.management_key]) expect(await statusOf(credential)).toBe(200);
});

test('a key that the program made for itself ends with it', async () => {
  const { someone, visit } = await person();
  const login = await logIn(here(), someone, 'Spreading');
  const first = await call<WireNewApiKey>('POST', `${here()}/api/auth/keys/management/`, login.access, {});
  const second = await call<WireNewApiKey>('POST', `${here()}/api/auth/keys/management/`, first.body.key, {});
  await visit.open('/account/programs');
  await visit.press('/account/programs/end', 'End: Spreading');
  for (const { key } of [first.body, second.body]) expect(await statusOf(key)).toBe(401);
});

test('a program that makes keys while it is ended keeps none of them', async () => {
  const { someone, visit } = await person();
  const login = await logIn(here(), someone, 'Racing');
  const first = await call<WireNewApiKey>('POST', `${here()}/api/auth/keys/management/`, login.access, {});
  await visit.open('/account/programs');
  const racing = Array.from({ length: 12 }, (_, index) =>
    call<WireNewApiKey>(
      'POST',
      `${index % 2 === 0 ? here() : there()}/api/auth/keys/management/`,
      index % 3 === 0 ? login.access : first.body.key,
      {},
    ),
  );
  await visit.press('/account/programs/end', 'End: Racing');
  const made = (await Promise.all(racing)).filter(({ status }) => status === 201);
  for (const { body } of [first, ...made]) expect(await statusOf(body.key)).toBe(401);
});

test('what is ended here stands in the audit log, with its reason', async () => {
  const { someone, visit } = await person();
  await logIn(here(), someone, 'Noted');
  const startedAtMs = Date.now();
  await visit.open('/account/programs');
  await visit.press('/account/programs/end', 'This was not me: Noted');
  const ends = await eventually('the log tells of the end', async () => {
    const told = await allTold(redis, startedAtMs);
    const mine = told.filter(
      (record) => 'reason' in record && record.reason === 'not_me' && record.user === someone.user.id,
    );
    return mine.length > 0 ? mine : null;
  });
  // One end: the keys of the login have no end of their own.
  expect(ends).toEqual([expect.objectContaining({ event: 'grant_ended', address: '127.0.0.1' })]);
});

/** @shows ASVS V10.4.9, incomplete end */
test('all programs and keys can be ended together', async () => {
  const { someone, visit } = await person();
  const logins = [await logIn(here(), someone), await logIn(there(), someone)];
  await visit.open('/account/programs');
  await visit.press('/account/programs/end', 'End all programs and keys');
  expect(visit.words).toContain('No program and no key can act for you any more');
  expect(visit.words).toContain('No program can act for you at the moment');
  for (const login of logins) expect(await statusOf(login.management_key)).toBe(401);
});

/** @shows incomplete end */
test('what was approved but not collected when all was ended is never handed over', async () => {
  const { someone, visit } = await person();
  const lured = await startLogin(here());
  await someone.approve(here(), lured.user_code);
  await visit.open('/account/programs');
  await visit.press('/account/programs/end', 'End all programs and keys');
  // Its issuance may still be under way: held, it is told at the latest when its approval is looked at again.
  expect((await wait(there(), lured.device_code)).body.error).toBe('access_denied');
  // Refused as it was collected, or before it was issued.
  expect(['invalid_grant', 'access_denied']).toContain(await errorOnceCollected(here(), lured.device_code));
  await visit.open('/account/programs');
  expect(visit.words).toContain('No program can act for you');
  expect(await statusOf((await logIn(here(), someone)).management_key)).toBe(200);
});

test('nobody ends what belongs to another account, or without the token of this session', async () => {
  const { someone, visit } = await person();
  const victim = await Person.signUp(here());
  const login = await logIn(here(), victim, 'Not yours');
  await logIn(here(), someone, 'Mine');
  const { grant_id: grantId } = JSON.parse(
    Buffer.from(login.access.split('.')[1] ?? '', 'base64url').toString(),
  ) as { grant_id: string };
  await visit.open('/account/programs');
  const credentials = [login.management_key, login.access];
  const alive = async () => (await Promise.all(credentials.map(statusOf))).every((status) => status === 200);
  await visit.submit('/account/programs/end', { end: `program.${grantId}` });
  expect(await alive()).toBe(true);
  await visit.submit('/account/programs/end', { end: 'all', csrf_token: randomUUID() });
  expect(visit.page.status).toBe(403);
  expect(await alive()).toBe(true);
  const refreshed = await send(`${here()}/api/auth/token/refresh/`, { json: { refresh: login.refresh } });
  expect(refreshed.status).toBe(200);
});

test('without a session the page leads to signing in', async () => {
  const visit = new BrowserVisit(here());
  await visit.open('/account/programs');
  expect(visit.words).toContain('Sign in');
});

test('what happened is listed, the newest first, with the names of programs that have ended, and nothing of others', async () => {
  const { someone, visit } = await person();
  const login = await logIn(here(), someone, 'Star agent');
  const stranger = await Person.signUp(here());
  await logIn(here(), stranger, 'Alien agent');
  const { grant_id: grant } = jwt.decode(login.access) as { grant_id: string };
  // Each api writes what it noted in its own time: what the first one did comes first.
  await toldAbout(redis, someone.user.id, 'signed_up', 'approved', 'redeemed');
  const { verification_uri_complete: uri } = await startLogin(here(), 'Late agent');
  await visit.open(new URL(uri).pathname + new URL(uri).search);
  await visit.press('/device/decision', 'Approve');
  await visit.open('/account/programs');
  await visit.submit('/account/programs/end', { end: `program.${grant}` });
  await eventually('the end is noted', async () => {
    await visit.open('/account/activity');
    return visit.words.includes('A program’s access ended : Star agent');
  });
  const order = [
    'A program’s access ended : Star agent',
    // Nobody has come for it.
    'You approved a login : Late agent',
    'A program signed in : Star agent',
    'You approved a login : Star agent',
    'The account was created',
  ];
  const places = order.map((words) => visit.words.indexOf(words));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
  expect(visit.words).toContain('127.0.0.1');
  expect(visit.words).not.toContain('Alien agent');
  await visit.open('/account/activity?before=0-1');
  expect(visit.words).toContain('Nothing happened.');
});
