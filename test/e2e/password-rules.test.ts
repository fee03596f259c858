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
test('a password of fourteen characters is refused, one of fifteen is taken', async () => {
  expect(await signUp(someone(), 'fourteen chars')).toBe(400);
  expect(await signUp(someone(), 'fifteen of them')).toBe(201);
});

/** @shows ASVS V6.2.4, ASVS V6.2.11 */
test('a refusal names the field and says what is wrong with the password', async () => {
  const refusal = async (password: string) =>
    (await send(at('signup'), { json: { email: someone(), password } })).text;
  expect(await refusal('Iloveyou-1234567')).toContain('password: is one of the most common ones.');
  expect(await refusal('ravi login localhost')).toMatch(/password: is made of your address or the name/);
  expect(await refusal('121212121212121212')).toMatch(/password: only repeats/);
});

/** @shows ASVS V6.2.5, ASVS V6.2.9 */
test.each([
  ['small letters alone', 'correcthorsefern'],
  ['digits alone', '918273645028374'],
  ['no Latin letter', 'пароль-из-слов-яблоко'],
  ['pictures', '🦊🌙🐢🦉🌲🌊🔥🌵🍀🌻🐙🦋🐝🐞🦀'],
  ['quotes, markup and control characters', '"\'<b>\u0000\n\t%00\\u0000'],
  ['64 characters', 'Sixteen letters.'.repeat(4)],
  ['256 characters', 'Long words. '.repeat(22).slice(0, 256)],
])('a password of %s signs up and signs in', async (_, password) => {
  const email = someone();
  expect(await signUp(email, password)).toBe(201);
  expect(await signIn(email, password)).toBe(200);
});

/** @shows ASVS V6.2.8 */
test('a password is good exactly as it was typed, on every system: not trimmed, folded or cut off', async () => {
  const email = someone();
  const password = ` Grüße  an den Mond ${'.'.repeat(100)}Z`;
  expect(await signUp(email, password)).toBe(201);
  const others = [
    password.trim(),
    password.toLowerCase(),
    password.replaceAll('  ', ' '),
    `${password} `,
    `${password.slice(0, -1)}A`,
    password.slice(0, 72),
  ];
  expect(password.normalize('NFD')).not.toBe(password);
  expect(await signIn(email, password.normalize('NFD'))).toBe(200);
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

test.each(['<ada@example.com>', 'mailto:ada@example.com', 'a:b@example.com', 'ada@exa>mple.com'])(
  '%s is no address',
  async (email) => {
    expect(await signUp(email, 'long enough password')).toBe(400);
  },
);

/** @shows account look-alikes */
test('characters that nobody sees make no other address', async () => {
  const email = someone();
  expect(await signUp(email, 'long enough password')).toBe(201);
  const invisible = `\u200b${email.slice(0, 5)}\u00ad${email.slice(5)}\u2060`;
  expect(await signUp(invisible, 'another long password')).toBe(409);
  expect(await signIn(invisible, 'long enough password')).toBe(200);
});
