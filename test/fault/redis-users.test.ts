import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { DeviceTokenSuccess } from '@ravi/contract';
import { redisNeeds as apiNeeds } from '../../services/api/src/redis-needs.ts';
import { redisNeeds as issuerNeeds } from '../../services/issuer/src/redis-needs.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';
import { type OwnRedis, startOwnRedis } from '../support/redis.ts';
import { documentedRules, redisUsers, urlFor } from '../support/redis-users.ts';
import { TestStack } from '../support/services.ts';

let redis: OwnRedis;
let admin: Redis;
beforeAll(async () => {
  redis = await startOwnRedis();
  admin = new Redis(redis.url, { protocol: 2 });
  for (const user of ['api', 'issuer'] as const)
    await admin.call('ACL', 'SETUSER', redisUsers[user].name, ...documentedRules(user));
});
afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});

function connectAs(user: keyof typeof redisUsers): Redis {
  const client = new Redis(urlFor(user, redis.url), { protocol: 2 });
  client.on('error', () => undefined);
  return client;
}

const webhook = {
  // Nobody listens there.
  WEBHOOK_URL: 'http://127.0.0.1:9/hook',
  WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
};

/** The commands that Redis ran since its statistics began. */
async function usedCommands(): Promise<readonly string[]> {
  const info = await admin.info('commandstats');
  return [...info.matchAll(/^cmdstat_([a-z]+)[|:]/gm)].map(([, name = '']) => name);
}

test('the documented users suffice for all that a login does, and nothing is refused', async () => {
  await admin.call('ACL', 'LOG', 'RESET');
  await admin.config('RESETSTAT');
  const stack = new TestStack(redis.url);
  try {
    const [api] = await Promise.all([
      stack.startApi({ REDIS_URL: urlFor('api', redis.url) }),
      stack.startIssuer({ REDIS_URL: urlFor('issuer', redis.url), ...webhook }),
    ]);
    const person = await Person.signUp(api.url);
    const { access, refresh, management_key }: DeviceTokenSuccess = await logIn(api.url, person);
    const refreshed = await send(`${api.url}/api/auth/token/refresh/`, { json: { refresh } });
    expect(refreshed.status).toBe(200);
    expect((await call('GET', `${api.url}/api/auth/user/`, access)).status).toBe(200);
    expect((await call('GET', `${api.url}/api/auth/keys/management/`, management_key)).status).toBe(200);
    await eventually('the audit log is written', async () => (await admin.xlen('ravi:audit')) > 3);
    await eventually('its events are taken', async () => (await usedCommands()).includes('xack'));
    expect(await admin.call('ACL', 'LOG')).toEqual([]);
  } finally {
    await stack.stop();
  }
  const used = await usedCommands();
  const looked = new Set([...apiNeeds(false, 1), ...issuerNeeds(false, 1)].map(([name]) => name));
  // The commands of connecting, of the check itself, and of this test.
  for (const name of ['eval', 'evalsha', 'auth', 'hello', 'client', 'select', 'acl', 'config'])
    looked.add(name);
  expect(used.filter((name) => !looked.has(name))).toEqual([]);
});

test("an api that is broken into reads the signing keys and can publish none, by whichever command; the issuer's user can", async () => {
  const [api, issuer] = [connectAs('api'), connectAs('issuer')];
  try {
    await admin.del('ravi:jwks');
    await issuer.hset('ravi:jwks', 'kid', 'public half');
    expect(await api.hgetall('ravi:jwks')).toEqual({ kid: 'public half' });
    await api.set('ravi:login:{x}', 'forged', 'PX', 1000);
    const attempts = [
      () => api.hset('ravi:jwks', 'kid', 'forged'),
      () => api.del('ravi:jwks'),
      () => api.set('ravi:jwks', 'forged'),
      () => api.rename('ravi:login:{x}', 'ravi:jwks'),
      () => api.copy('ravi:login:{x}', 'ravi:jwks', 'REPLACE'),
      () => api.eval("return redis.call('HSET', KEYS[1], 'kid', 'forged')", 1, 'ravi:jwks'),
      () => api.eval("return redis.call('HSET', 'ravi:jwks', 'kid', 'forged')", 0),
      () => api.flushall(),
      () => api.config('SET', 'dir', '/tmp'),
      () => api.call('ACL', 'SETUSER', redisUsers.api.name, 'allkeys'),
      () => api.keys('*'),
      () => api.get('another:application'),
    ];
    for (const attempt of attempts)
      await expect(attempt()).rejects.toThrow(/NOPERM|No permissions|can't access|can't run/);
    expect(await admin.hgetall('ravi:jwks')).toEqual({ kid: 'public half' });
  } finally {
    api.disconnect();
    issuer.disconnect();
  }
});

const mail = { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'Ravi <login@example.com>' };

test.each([
  ['api', 'startApi', '-subscribe', 'SUBSCRIBE', {}],
  ['api', 'startApi', 'resetchannels', 'SUBSCRIBE on ravi:wake:', {}],
  ['api', 'startApi', '-scan', 'may not run SCAN', {}],
  ['api', 'startApi', '-wait', 'may not run WAIT', { RECORDS_REPLICAS: '1' }],
  ['issuer', 'startIssuer', '-bzpopmin', 'BZPOPMIN on {ravi}:issuance:', {}],
  ['issuer', 'startIssuer', '-xinfo', 'XINFO on ravi:audit', {}],
  ['issuer', 'startIssuer', '-scan', 'may not run SCAN', mail],
] as const)(
  'where the user of the %s lacks something, it does not start, and says what (%s %s)',
  async (user, start, rule, sentence, env) => {
    await admin.call('ACL', 'SETUSER', redisUsers[user].name, rule);
    const stack = new TestStack(redis.url);
    try {
      const told = await stack[start]({ ...env, REDIS_URL: urlFor(user, redis.url) }).then(
        () => 'started',
        String,
      );
      expect(told).toContain(sentence);
      // At once, and not because its time was over.
      expect(told).not.toContain('within 30 s');
    } finally {
      await stack.stop();
      await admin.call('ACL', 'SETUSER', redisUsers[user].name, 'reset', ...documentedRules(user));
    }
  },
);

test.each([
  ['sends no mail', {}],
  ['ends no unused logins', { ...mail, PROGRAM_IDLE_DAYS: '0' }],
])('an issuer that %s need not be allowed to look for them', async (_, env) => {
  await admin.call('ACL', 'SETUSER', redisUsers.issuer.name, '-scan');
  const stack = new TestStack(redis.url);
  try {
    const { adminUrl } = await stack.startIssuer({ ...env, REDIS_URL: urlFor('issuer', redis.url) });
    expect((await fetch(`${adminUrl}/readyz`)).status).toBe(200);
  } finally {
    await stack.stop();
    await admin.call('ACL', 'SETUSER', redisUsers.issuer.name, 'reset', ...documentedRules('issuer'));
  }
});

test('the script that starts Redis with these users gives it the SHA-256 of their passwords alone', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ravi-users-'));
  try {
    writeFileSync(join(directory, 'redis-server'), '#!/bin/sh\ncat "$2"; echo "$3"\n', { mode: 0o700 });
    const { status, stdout } = spawnSync(
      'sh',
      [join(import.meta.dirname, '../../deploy/redis/start.sh'), '--port'],
      {
        env: {
          PATH: `${directory}:${process.env['PATH']}`,
          TMPDIR: directory,
          REDIS_API_PASSWORD: redisUsers.api.password,
          REDIS_ISSUER_PASSWORD: redisUsers.issuer.password,
        },
        encoding: 'utf8',
      },
    );
    expect(status).toBe(0);
    // Without its permissions, Redis would leave out what scripts wrote when it reads its append-only file.
    expect(stdout).toMatch(/^user default off resetpass ~\* &\* \+@all$/m);
    expect(stdout).toMatch(/--port\n$/);
    for (const user of ['api', 'issuer'] as const) {
      expect(stdout).toContain(`user ${redisUsers[user].name} ${documentedRules(user).join(' ')}\n`);
      expect(stdout).not.toContain(redisUsers[user].password);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});
