import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.ts';
import { Person } from '../support/person.ts';
import { poll, startLogin, wait } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';

let deployment: Deployment;
let redis: Redis;
beforeAll(async () => {
  deployment = await deploy();
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

/**
 * Runs logins into every stage, watching every command that Redis is sent, and returns every secret that anyone outside
 * received, next to everything that Redis ever saw and still holds.
 */
async function loginsAtEveryStage(): Promise<{ secrets: string[]; seenByRedis: string; redisHolds: string }> {
  const [url] = deployment.urls;
  const monitor = await redis.monitor();
  const seen: string[] = [];
  monitor.on('monitor', (_time: string, args: string[]) => void seen.push(args.join(' ')));

  const person = await Person.signUp(url);
  const secrets = [person.password, person.cookie.split('=')[1] ?? '', person.csrfToken];
  const begin = async () => {
    const login = await startLogin(url, 'sealed test');
    secrets.push(login.device_code, login.user_code, login.user_code.replace('-', ''));
    return login;
  };
  await begin();
  await person.deny(url, (await begin()).user_code);
  await person.approve(url, (await begin()).user_code);
  // Approved while no issuer runs: the job stays in the queue.
  deployment.issuer.freeze();
  await person.approve(url, (await begin()).user_code);
  const queued = await redis.keys('{ravi}*');
  deployment.issuer.thaw();
  expect(queued.length).toBeGreaterThan(0);
  const login = await begin();
  const waiting = wait(url, login.device_code);
  await person.approve(url, login.user_code);
  const { body } = await waiting;
  secrets.push(
    body.access,
    body.refresh,
    body.management_key,
    ...('identity_key' in body ? [body.identity_key] : []),
  );
  await poll(url, login.device_code);

  await eventually('all is issued', async () => (await redis.keys('{ravi}:issuance:issue.*')).length === 0);
  monitor.disconnect();
  return { secrets, seenByRedis: seen.join('\n'), redisHolds: await dump() };
}

/** Everything that Redis holds, readable. */
async function dump(): Promise<string> {
  const read: Record<string, (key: string) => Promise<unknown>> = {
    string: (key) => redis.get(key),
    hash: (key) => redis.hgetall(key),
    list: (key) => redis.lrange(key, 0, -1),
    set: (key) => redis.smembers(key),
    zset: (key) => redis.zrange(key, '0', '-1'),
    stream: (key) => redis.xrange(key, '-', '+'),
  };
  const keys = await redis.keys('*');
  const values = await Promise.all(keys.map(async (key) => [key, await read[await redis.type(key)]?.(key)]));
  return JSON.stringify(values);
}

/** @shows stolen Redis, ASVS V10.1.1 */
test('no secret that anyone received is in Redis, at any stage, or was ever sent to it', async () => {
  const { secrets, seenByRedis, redisHolds } = await loginsAtEveryStage();
  expect(secrets.filter((secret) => secret.length < 8)).toEqual([]);
  expect(secrets.length).toBeGreaterThan(20);
  // The watch works: what is no secret is seen.
  expect(seenByRedis).toContain('sealed test');
  expect(redisHolds).toContain('sealed test');
  for (const form of [
    (s: string) => s,
    (s: string) => Buffer.from(s).toString('base64').replace(/=+$/, ''),
    (s: string) => Buffer.from(s).toString('hex'),
  ]) {
    expect(secrets.filter((secret) => redisHolds.includes(form(secret)))).toEqual([]);
    expect(secrets.filter((secret) => seenByRedis.includes(form(secret)))).toEqual([]);
  }
});

/** @shows secrets in logs */
test('nor is any in what the services print: each step is logged, with ids alone', async () => {
  const { secrets } = await loginsAtEveryStage();
  const output = deployment.stack.output();
  for (const step of [
    'login started',
    'login waited for',
    'login approved',
    'login denied',
    'login issued',
    'login redeemed',
  ]) {
    expect(output).toContain(step);
  }
  for (const line of output.split('\n').filter((text) => text.includes('"msg":"login '))) {
    expect(JSON.parse(line)).toMatchObject({ loginId: expect.stringMatching(/^[\w-]{22}$/) });
  }
  expect(secrets.filter((secret) => output.includes(secret))).toEqual([]);
});
