import { randomUUID } from 'node:crypto';
import { readDeviceCode } from '@ravi/device-login';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { deriveResultKey, openResult, type ResultKey, unwrapResultKey } from '@ravi/sealing';
import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.ts';
import { Person } from '../support/person.ts';
import { poll, startLogin, wait } from '../support/program.ts';
import { RedisMonitor } from '../support/redis-monitor.ts';
import { hasRedisServer } from '../support/redis-server.ts';
import { RestorableRedis } from '../support/restorable-redis.ts';
import { type Deployment, deploy } from '../support/stack.ts';

let deployment: Deployment;
let redis: Redis;
beforeAll(async () => {
  deployment = await deploy({ LOG_LEVEL: 'debug' });
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
  const monitor = await RedisMonitor.open(deployment.redis.url);

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
  return { secrets, seenByRedis: await monitor.text(), redisHolds: await dump() };
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
  const steps = ['started', 'waited for', 'approved', 'denied', 'issued', 'redeemed'];
  const output = await eventually('each step is logged', () => {
    const text = deployment.stack.output();
    return steps.every((step) => text.includes(`login ${step}`)) ? text : null;
  });
  for (const line of output.split('\n').filter((text) => text.includes('"msg":"login '))) {
    expect(JSON.parse(line)).toMatchObject({ loginId: expect.stringMatching(/^[\w-]{22}$/) });
  }
  expect(secrets.filter((secret) => output.includes(secret))).toEqual([]);
});

const describeWithOwnRedis = hasRedisServer ? describe : describe.skip;

describeWithOwnRedis('whoever has SECRET and', () => {
  const secret = `${randomUUID()}${randomUUID()}`;
  const keys = deriveServiceKeys(new Secret(secret));
  let own: RestorableRedis;
  let stolen: Deployment;
  let person: Person;
  beforeAll(async () => {
    own = await RestorableRedis.start();
    stolen = await deploy({ SECRET: secret }, own);
    person = await Person.signUp(stolen.urls[0]);
  });
  afterAll(() => stolen.stop());

  /** A login that is issued and not collected yet, and its hash in Redis. */
  async function issuedLogin() {
    const { device_code: deviceCode, user_code: userCode } = await startLogin(stolen.urls[0]);
    const code = readDeviceCode(deviceCode, keys);
    if (code === null) throw new Error('This is no device_code of this deployment.');
    const client = new Redis(own.url);
    const read = () => client.hgetall(`ravi:login:{${code.loginId}}`);
    const pending = await read();
    await person.approve(stolen.urls[0], userCode);
    const issued = await eventually('the login is issued', async () => {
      const fields = await read();
      return fields['state'] === 'issued' ? fields : null;
    });
    client.disconnect();
    return { deviceCode, code, pending, issued };
  }

  /** Tries each text as the wrapped key of this login. */
  const unwrapped = (texts: readonly string[], loginId: string, deviceHash: string) =>
    texts.map((text) => unwrapResultKey(text, loginId, deviceHash, keys)).filter((key) => key !== null);

  const opens = (sealed: string, loginId: string, key: ResultKey) => {
    try {
      return openResult(sealed, loginId, key);
    } catch {
      return null;
    }
  };

  /** @shows stolen SECRET */
  test('all of Redis opens nothing that is settled: only the device_code does', async () => {
    const { code, issued } = await issuedLogin();
    const client = new Redis(own.url);
    const names = (await client.keys('ravi:*')).filter((key) => !key.startsWith('ravi:audit'));
    const dumped = await Promise.all(
      names.map(async (name) => {
        const type = await client.type(name);
        if (type === 'hash') return Object.values(await client.hgetall(name));
        if (type === 'string') return [(await client.get(name)) ?? ''];
        return type === 'zset' ? client.zrange(name, '0', '-1') : [];
      }),
    );
    client.disconnect();
    const texts = dumped.flat();
    const sealed = issued['sealed'] ?? '';
    expect(texts).toContain(sealed);
    expect(unwrapped(texts, code.loginId, code.hash)).toEqual([]);
    for (const key of texts.map((text) => deriveResultKey(Buffer.from(text, 'base64url')))) {
      expect(opens(sealed, code.loginId, key)).toBeNull();
    }
    expect(opens(sealed, code.loginId, deriveResultKey(code.bytes))).toContain('ravi_mgmt_');
  });

  /** @shows stolen history */
  test('the append-only file, which remembers the login while it was pending, opens its result: the documented limit', async () => {
    const { deviceCode, code, pending } = await issuedLogin();
    const collected = await poll(stolen.urls[0], deviceCode);
    expect(collected.status).toBe(200);
    const words = own.history.split('\r\n');
    expect(words).toContain(pending['wrapped_key']);
    const [key, ...others] = unwrapped(words, code.loginId, code.hash);
    if (key === undefined) throw new Error('The history holds no wrapped key.');
    expect(others).toEqual([]);
    const results = words.map((word) => opens(word, code.loginId, key)).filter((text) => text !== null);
    expect(results.join()).toContain((collected.body as { access: string }).access);
    // Without SECRET it does not.
    const foreign = deriveServiceKeys(new Secret(`${randomUUID()}${randomUUID()}`));
    expect(words.filter((word) => unwrapResultKey(word, code.loginId, code.hash, foreign))).toEqual([]);
  });
});
