import { randomUUID } from 'node:crypto';
import { generateUserCode, loginIdOf, mintDeviceCode } from '@ravi/device-login';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { loginKeyOf, poll, startLogin, wait } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';

const secret = `${randomUUID()}${randomUUID()}`;
let deployment: Deployment;
let redis: Redis;
beforeAll(async () => {
  deployment = await deploy({ DEVICE_CODE_TTL_SECONDS: '2', SECRET: secret });
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

/** @shows RFC 10027 §6.1.2 */
test('a waiting program is told that its code expired, when it expires', async () => {
  const login = await startLogin(deployment.urls[0]);
  expect(login.expires_in).toBe(2);
  expect((await wait(deployment.urls[0], login.device_code)).body.error).toBe('expired_token');
  expect((await poll(deployment.urls[0], login.device_code)).body.error).toBe('expired_token');
});

/** @shows RFC 10027 §6.1.2 */
test('an expired code cannot be approved any more, and its page says that it expired', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  const login = await startLogin(deployment.urls[0]);
  expect((await wait(deployment.urls[0], login.device_code)).body.error).toBe('expired_token');
  expect((await person.approve(deployment.urls[0], login.user_code)).status).toBe(404);
  const page = await send(`${deployment.urls[0]}/device?user_code=${login.user_code}`, {
    method: 'GET',
    headers: { cookie: person.cookie },
  });
  expect([page.status, page.text]).toEqual([404, expect.stringContaining('This code has expired.')]);
});

test('an approval in time is collected even after the expiry', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  const login = await eventually('a login is approved in time', async () => {
    const started = await startLogin(deployment.urls[0]);
    const { status } = await person.approve(deployment.urls[0], started.user_code);
    return status === 200 ? started : null;
  });
  const key = loginKeyOf(login.device_code);
  await eventually('the login is issued', async () => (await redis.hget(key, 'state')) === 'issued');
  await redis.hset(key, 'expires_at', Date.now() - 1);
  expect((await wait(deployment.urls[1], login.device_code)).status).toBe(200);
});

test('a code that is long expired is told so without asking Redis, where nothing of it is left', async () => {
  const keys = deriveServiceKeys(new Secret(secret)).current;
  const { text } = mintDeviceCode(loginIdOf(generateUserCode(), keys), Date.now() - 120_000, keys);
  expect((await poll(deployment.urls[0], text)).body.error).toBe('expired_token');
  expect((await wait(deployment.urls[0], text)).body.error).toBe('expired_token');
});

test('every key of a login ends by itself', async () => {
  await startLogin(deployment.urls[0]);
  const ttls = await Promise.all((await redis.keys('ravi:login:*')).map((key) => redis.pttl(key)));
  // Those of the other tests may end at this moment.
  expect(ttls.length).toBeGreaterThan(0);
  expect(ttls).not.toContain(-1);
});
