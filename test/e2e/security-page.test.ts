import { createHash, randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { totpCode } from '../support/authenticator-app.ts';
import { BrowserVisit } from '../support/browser-visit.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';
import { askedBy, SoftwarePasskey } from '../support/software-passkey.ts';

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

const password = 'long enough password';
const security = '/account/security';
const app = `${security}/app`;

/** Somebody who has just signed up, on the page with their factors. */
async function newPerson(url = deployment.urls[0]) {
  const email = `${randomUUID()}@example.com`;
  const visit = new BrowserVisit(url);
  await visit.open('/signup');
  await visit.submit('/signup', { email, password });
  await visit.open(security);
  return { email, visit };
}

const secretIn = ({ page }: BrowserVisit) =>
  /name="secret" value="([A-Z2-7]{32})"/.exec(page.text)?.[1] ?? '';
const tokenIn = ({ page }: BrowserVisit) => /name="csrf_token" value="([^"]*)"/.exec(page.text)?.[1] ?? '';

test('a form that names no factor, or asks for recovery codes where there is no factor, leads to the list', async () => {
  const { visit } = await newPerson();
  for (const [action, fields] of [
    ['remove', { factor: 'nothing' }],
    ['remove', { factor: 'passkey:?' }],
    ['recovery-codes', {}],
  ] as const) {
    await visit.post(`${security}/${action}`, { csrf_token: tokenIn(visit), ...fields });
    expect([visit.page.status, visit.words]).toEqual([200, expect.stringContaining('How you sign in')]);
    expect(visit.page.text).not.toContain('role="status"');
  }
});

test('of two apps that are set up in two tabs, one counts: the other form leads to the list', async () => {
  const { visit } = await newPerson();
  const passkey = new SoftwarePasskey('http://login.localhost:3000');
  const answer = passkey.register(askedBy(visit.page.text, `${security}/passkeys`));
  await visit.submit(`${security}/passkeys`, { answer, current_password: password });
  await visit.open(app);
  const tab = visit.copy();
  await tab.open(app);
  await visit.submit(app, { code: totpCode(secretIn(visit)) });
  expect(visit.words).toContain('Your authenticator app is set up.');
  await tab.submit(app, { code: totpCode(secretIn(tab)) });
  expect([tab.page.status, tab.words]).toEqual([200, expect.stringContaining('Replace it by another app')]);
  expect(tab.page.text).not.toContain('role="status"');
});

test('only the first factor takes the password', async () => {
  const { visit } = await newPerson();
  const asks = () => visit.page.text.includes('name="current_password"');
  expect(asks()).toBe(true);
  await visit.open(app);
  expect(asks()).toBe(true);
  await visit.submit(app, { code: totpCode(secretIn(visit)), current_password: password });
  await visit.open(app);
  expect([asks(), visit.words]).toEqual([false, expect.stringContaining('Replace your authenticator app')]);
  await visit.open(security);
  expect([asks(), visit.words]).toEqual([false, expect.stringContaining('Add a passkey')]);
});

test('no passkey is offered to whoever has as many as an account can have, nor at an IP address, where browsers make none', async () => {
  const { email, visit } = await newPerson();
  const passkey = new SoftwarePasskey('http://login.localhost:3000');
  const answer = passkey.register(askedBy(visit.page.text, `${security}/passkeys`));
  await visit.submit(`${security}/passkeys`, { answer, current_password: password });
  const signIn = `ravi:sign-in:${createHash('sha256').update(email).digest('base64url')}`;
  const account = `ravi:account:${await redis.hget(signIn, 'user_id')}`;
  const factors = JSON.parse((await redis.hget(account, 'factors')) ?? '') as { passkeys: object[] };
  const has = async (count: number) => {
    const passkeys = Array.from({ length: count }, (_, i) => ({ ...factors.passkeys[0], id: `${i}` }));
    await redis.hset(account, 'factors', JSON.stringify({ ...factors, passkeys }));
    await visit.open(security);
    return visit.words;
  };
  expect(await has(19)).toContain('Add a passkey');
  const tab = visit.copy();
  await tab.open(security);
  expect(await has(20)).not.toContain('Add a passkey');
  const another = new SoftwarePasskey('http://login.localhost:3000');
  const made = another.register(askedBy(tab.page.text, `${security}/passkeys`));
  await tab.submit(`${security}/passkeys`, { answer: made });
  expect([tab.page.status, tab.words]).toEqual([409, expect.stringContaining('no room for another one')]);
  expect(visit.words).toContain('This is the most that an account can have.');

  const PUBLIC_URL = 'http://127.0.0.1:3000';
  const nameless = await deployment.startApi({ PUBLIC_URL, SETTINGS_MAY_DIFFER: 'PUBLIC_URL' });
  const other = await newPerson(nameless.url);
  expect(other.visit.words).toContain('Set up an app');
  expect(other.visit.words).not.toMatch(/Add a passkey|the most that an account/);
  await other.visit.open('/signin');
  expect(other.visit.words).not.toContain('Sign in with a passkey');
});
