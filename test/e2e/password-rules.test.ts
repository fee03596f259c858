import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { send } from '../support/http.ts';
import { startOwnRedis } from '../support/redis.ts';
import { type Deployment, deploy } from '../support/stack.ts';

let deployment: Deployment;
let redis: Redis;
let accountsBefore: readonly string[];
beforeAll(async () => {
  deployment = await deploy({}, await startOwnRedis());
  redis = new Redis(deployment.redis.url);
  accountsBefore = await signIns();
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

/** What people sign in by: passwords and providers. */
const signIns = async () => [
  ...(await redis.keys('ravi:sign-in:*')),
  ...(await redis.keys('ravi:external:*')),
];
const at = (path: string) => `${deployment.urls[0]}/api/auth/${path}/`;
const signUp = async (email: string, password: string) =>
  (await send(at('signup'), { json: { email, password } })).status;
const signIn = async (email: string, password: string) =>
  (await send(at('login'), { json: { email, password } })).status;
const someone = () => `${randomUUID()}@example.com`;

/** @shows ASVS V6.3.2 */
test('a new installation has no account', () => {
  expect(accountsBefore).toEqual([]);
});

/** @shows ASVS V6.2.1 */
test('a password of nine characters is refused, one of ten is taken', async () => {
  expect(await signUp(someone(), 'ninechars')).toBe(400);
  expect(await signUp(someone(), 'ten chars.')).toBe(201);
});

/** @shows ASVS V6.2.5, ASVS V6.2.9 */
test.each([
  ['small letters alone', 'correcthorse'],
  ['digits alone', '9182736450'],
  ['spaces alone', ' '.repeat(10)],
  ['no Latin letter', 'пароль-из-слов-яблоко'],
  ['pictures', '🦊🌙🦊🌙🦊🌙'],
  ['quotes, markup and control characters', '"\'<b>\u0000\n\t%00\\u0000'],
  ['64 characters', 'x7'.repeat(32)],
  ['256 characters', 'Long words. '.repeat(22).slice(0, 256)],
])('a password of %s signs up and signs in', async (_, password) => {
  const email = someone();
  expect(await signUp(email, password)).toBe(201);
  expect(await signIn(email, password)).toBe(200);
});

/** @shows ASVS V6.2.8 */
test('a password is good exactly as it was typed: not trimmed, folded, normalised or cut off', async () => {
  const email = someone();
  const password = ` Grüße  an den Mond ${'.'.repeat(100)}Z`;
  expect(await signUp(email, password)).toBe(201);
  const others = [
    password.trim(),
    password.toLowerCase(),
    password.normalize('NFD'),
    password.replaceAll('  ', ' '),
    `${password} `,
    `${password.slice(0, -1)}A`,
    password.slice(0, 72),
  ];
  for (const other of others) expect([other, await signIn(email, other)]).toEqual([other, 401]);
  expect(await signIn(email, password)).toBe(200);
});

/** @shows ASVS V6.2.10 */
test('a password is good until it is changed: nothing of an account has an end', async () => {
  const email = someone();
  await signUp(email, 'long enough password');
  await signIn(email, 'long enough password');
  const records = [...(await signIns()), ...(await redis.keys('ravi:account:*'))];
  expect(records.length).toBeGreaterThanOrEqual(2);
  for (const record of records) expect([record, await redis.pttl(record)]).toEqual([record, -1]);
});
