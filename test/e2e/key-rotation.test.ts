import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenRefreshSuccess } from '@ravi/contract';
import { generateSigningKey } from '@ravi/credentials/signing';
import { createVerifier } from '@ravi/verify';
import { Redis } from 'ioredis';
import jwt from 'jsonwebtoken';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type ServiceProcess, TestStack } from '../support/services.ts';
import { endOf } from '../support/stack.ts';

const tool = join(import.meta.dirname, '../../tools/keys/main.ts');

let redis: TestRedis;
let stack: TestStack;
let directory: string;
let apis: readonly [ServiceProcess, ServiceProcess];
let issuers: readonly ServiceProcess[];
let person: Person;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ravi-keys-'));
  redis = await startRedis();
  stack = new TestStack(redis.url, { SIGNING_KEY_DIR: directory });
  // The very first key is made by the tool too.
  await keys('add');
  issuers = await Promise.all([stack.startIssuer(), stack.startIssuer()]);
  apis = await Promise.all([stack.startApi(), stack.startApi()]);
  person = await Person.signUp(apis[0].url);
});
afterAll(async () => {
  await endOf(stack, redis);
  rmSync(directory, { recursive: true, force: true });
});

/** Runs the tool as an operator does. */
const keys = (...args: string[]) => keysWith({}, ...args);

/** The same, with further settings. */
function keysWith(
  settings: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<{ done: boolean; text: string }> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const own = { PATH, NODE_COMPILE_CACHE, REDIS_URL: redis.url, SIGNING_KEY_DIR: directory };
  const env = { ...own, ...settings };
  const options = { env, cwd: directory };
  return new Promise((resolve) => {
    execFile(process.execPath, [tool, ...args], options, (error, stdout, stderr) =>
      resolve({ done: error === null, text: stdout + stderr }),
    );
  });
}

const kidOf = (token: string) => jwt.decode(token, { complete: true })?.header.kid ?? '';

async function publishedAt(url: string): Promise<string[]> {
  const { body } = await send<{ keys: { kid: string }[] }>(`${url}/.well-known/jwks.json`, { method: 'GET' });
  return body.keys.map(({ kid }) => kid);
}

async function publishedEverywhere(kid: string, isThere: boolean): Promise<void> {
  await eventually(`${kid} is${isThere ? '' : ' not'} published at both apis`, async () => {
    const lists = await Promise.all(apis.map(({ url }) => publishedAt(url)));
    return lists.every((list) => list.includes(kid) === isThere);
  });
}

const user = async (credential: string) =>
  (await call('GET', `${apis[1].url}/api/auth/user/`, credential)).status;

const refresh = (token: string) =>
  send<TokenRefreshSuccess>(`${apis[0].url}/api/auth/token/refresh/`, { json: { refresh: token } });

async function inRedis<T>(ask: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis.url);
  try {
    return await ask(client);
  } finally {
    client.disconnect();
  }
}

/** Resolves once issuers have read and published their keys this many times more, counted together. */
async function keysReadAgain(times: number): Promise<void> {
  const client = new Redis(redis.url);
  const kid = (await client.hget('ravi:jwks', 'active')) ?? '';
  const heldAt = () => client.hget('ravi:jwks', `${kid}:held_at`);
  for (let time = 1; time <= times; time++) {
    const before = await heldAt();
    await eventually('an issuer publishes its keys again', async () => (await heldAt()) !== before);
  }
  client.disconnect();
}

/** Adds a key, and resolves with its kid once both apis publish it. */
async function addedKey(): Promise<string> {
  const [kid = ''] = (await keys('add')).text.split('\n');
  await publishedEverywhere(kid, true);
  return kid;
}

/** Resolves once all issuers sign with the key. */
async function signedBy(kid: string): Promise<void> {
  await eventually('all issuers sign with the new key', () =>
    issuers.every((issuer) => issuer.output().includes(`"kid":"${kid}","msg":"signing with this key"`)),
  );
}

test('a new key is published, then signs; tokens of the old one are good and refreshed; nothing is restarted', async () => {
  const before = await logIn(apis[0].url, person);
  // Somebody else's service, with the present keys in its cache.
  const verifier = createVerifier({
    audience: 'ravi-api',
    issuer: 'http://login.localhost:3000',
    jwksUri: `${apis[0].url}/.well-known/jwks.json`,
  });
  expect((await verifier.verifyToken(before.access)).kind).toBe('access');
  const oldKid = kidOf(before.access);
  const newKid = await addedKey();
  expect(kidOf((await logIn(apis[0].url, person)).access)).toBe(oldKid);

  const tooEarly = await keys('activate', newKid);
  expect(tooEarly).toEqual({ done: false, text: expect.stringContaining('long enough') });

  // As if it had been published two minutes ago.
  const client = new Redis(redis.url);
  await client.hincrby('ravi:jwks', `${newKid}:published_at`, -120_000);
  expect((await keys('activate', newKid)).done).toBe(true);
  await signedBy(newKid);

  expect(kidOf((await logIn(apis[1].url, person)).access)).toBe(newKid);
  expect(await user(before.access)).toBe(200);
  const { access } = await logIn(apis[0].url, person);
  await eventually('a verifier elsewhere takes tokens of the new key', async () => {
    return (await verifier.verifyToken(access)).kind === 'access';
  });
  expect((await verifier.verifyToken(before.access)).kind).toBe('access');
  const refreshed = await refresh(before.refresh);
  expect(kidOf(refreshed.body.access)).toBe(newKid);
  expect(await user(refreshed.body.access)).toBe(200);

  // As if no issuer had signed with it for a while.
  await client.hincrby('ravi:jwks', `${oldKid}:signed_at`, -60_000);
  client.disconnect();
  expect((await keys('retire', oldKid)).text).toContain('Its tokens verify until');
  await publishedEverywhere(oldKid, true);
  expect(await user(before.access)).toBe(200);
  expect(readdirSync(directory).filter((name) => name.endsWith('.pem'))).toHaveLength(1);
  const { text } = await keys('list');
  expect(text).toMatch(new RegExp(`${oldKid} +retired`));
  expect(text).toMatch(new RegExp(`${newKid} +active`));
  for (const service of [...apis, ...issuers]) expect(service.running).toBe(true);
});

/** @shows leaked signing key */
test('a leaked key is replaced at once: its tokens end everywhere, API keys go on', async () => {
  const login = await logIn(apis[0].url, person);
  const leaked = kidOf(login.access);
  const newKid = await addedKey();
  expect((await keys('retire', leaked, '--now')).text).toContain('activate another first');
  expect((await keys('activate', newKid, '--now')).done).toBe(true);
  await signedBy(newKid);
  expect((await keys('retire', leaked, '--now')).text).toContain('No token of it verifies any more');
  await publishedEverywhere(leaked, false);
  await eventually('its tokens are refused', async () => (await user(login.access)) === 401);
  expect((await refresh(login.refresh)).status).toBe(401);
  expect(await user(login.management_key)).toBe(200);
  expect(await user((await logIn(apis[0].url, person)).access)).toBe(200);
});

test('a broken file among the keys is named, once, and stops nothing', async () => {
  const sentence = `in ${join(directory, 'broken.pem')} there is no private key in PKCS#8 PEM`;
  const timesNamed = () => issuers.map((issuer) => issuer.output().split(sentence).length - 1);
  writeFileSync(join(directory, 'broken.pem'), 'no key: hunter2');
  await eventually('it is named', () => timesNamed().every((times) => times > 0));
  await keysReadAgain(3);
  expect(timesNamed()).toEqual([1, 1]);
  expect((await logIn(apis[0].url, person)).access).not.toBe('');
  rmSync(join(directory, 'broken.pem'));
  writeFileSync(join(directory, 'by-hand.pem'), generateSigningKey());
  await eventually('a key put there by hand is published', async () => {
    return (await publishedAt(apis[0].url)).length === 3;
  });
  expect(stack.output()).not.toContain('hunter2');
});

test('a change counts as done once the replicas of RECORDS_REPLICAS have it, and a retired key verifies for as long as the tokens of this operator live', async () => {
  const former = (await inRedis((client) => client.hget('ravi:jwks', 'active'))) ?? '';
  const file = readdirSync(directory).find((name) => name.includes(former.slice(0, 8))) ?? '';
  const newKid = await addedKey();
  // Nothing copies this Redis.
  const settings = { RECORDS_REPLICAS: '1', REFRESH_TOKEN_IDLE_SECONDS: `${80 * 86_400}` };
  const tooFew = { done: false, text: expect.stringContaining('Too few replicas') };
  expect(await keysWith(settings, 'activate', newKid, '--now')).toEqual(tooFew);
  await signedBy(newKid);
  // As if no issuer had signed with it for a while.
  await inRedis((client) => client.hincrby('ravi:jwks', `${former}:signed_at`, -60_000));
  expect(await keysWith(settings, 'retire', former)).toEqual(tooFew);
  expect(readdirSync(directory)).toContain(file);
  const { text } = await keysWith({ ...settings, RECORDS_REPLICAS: '0' }, 'retire', former);
  const until = Date.parse(/Its tokens verify until (\S+)\.\n/.exec(text)?.[1] ?? '');
  expect(Math.round((until - Date.now()) / 86_400_000)).toBe(80);
  expect(readdirSync(directory)).not.toContain(file);
});

test('the tool says how it is used, and refuses what it does not know', async () => {
  const misused = [
    [],
    ['activate'],
    ['activate', 'x', 'y'],
    ['list', 'x'],
    ['add', '--now'],
    ['remove', 'x'],
  ];
  const text = expect.stringContaining('npm run keys -- list') as unknown;
  expect(await Promise.all(misused.map((args) => keys(...args)))).toEqual(
    misused.map(() => ({ done: false, text })),
  );
  expect(await keys('activate', '--help')).toEqual({ done: true, text });
  expect((await keys('retire', 'unknown-kid')).done).toBe(false);
});
