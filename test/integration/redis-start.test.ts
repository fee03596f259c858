import { randomBytes } from 'node:crypto';
import { generateSigningKey } from '@ravi/credentials/signing';
import {
  connectRedis,
  neededOn,
  parseTopology,
  type ServerFinding,
  startHeartbeat,
  unavailableReason,
  waitUntilReady,
  waitUntilUsable,
} from '@ravi/redis';
import { Redis } from 'ioredis';
import { killChild } from '../support/child-process.ts';
import { FakeSentinel } from '../support/fake-sentinel.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { type OwnRedis, startOwnRedis } from '../support/redis.ts';
import { hasRedisServer, redisFlags, startRedisServer } from '../support/redis-server.ts';
import { TestStack } from '../support/services.ts';

let redis: OwnRedis;
let admin: Redis;
beforeAll(async () => {
  redis = await startOwnRedis();
  admin = new Redis(redis.url, { protocol: 2 });
});
afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});

const variables = { REDIS_SENTINEL_NAME: 'mymaster' };

/** Waits as a service does at its start; resolves with what was found. */
async function start(
  url: string,
  { production = true, nowMs = () => Date.now() } = {},
): Promise<ServerFinding[]> {
  const topology = parseTopology({ ...variables, REDIS_URL: url });
  const client = connectRedis(topology, 'commands', 'test');
  client.on('error', () => undefined);
  const findings: ServerFinding[] = [];
  try {
    const needs = neededOn('ravi:login:{check}', 'hset bzpopmin');
    await waitUntilUsable(client, {
      topology,
      needs,
      production,
      clock: { nowMs },
      onFinding: (finding) => findings.push(finding),
    });
    return findings;
  } finally {
    client.disconnect();
  }
}

/** Why a connection does not get ready: `reason`, once there was time enough to find it out. */
async function failure(
  settings: Readonly<Record<string, string | readonly string[]>>,
  reason: RegExp,
): Promise<string> {
  const topology = parseTopology({ ...variables, REDIS_URL: 'redis://127.0.0.1:1', ...settings });
  let told = '';
  for (const limitMs of [2_500, 10_000, 40_000]) {
    const client = connectRedis(topology, 'commands', 'test');
    client.on('error', () => undefined);
    told = await waitUntilReady(client, limitMs, topology).then(() => 'ready', String);
    client.disconnect();
    if (reason.test(told)) break;
  }
  return told;
}

/** Runs with settings of Redis, which are taken back. */
async function withConfig(
  settings: Readonly<Record<string, string>>,
  run: () => Promise<void>,
): Promise<void> {
  for (const [name, value] of Object.entries(settings)) await admin.config('SET', name, value);
  try {
    await run();
  } finally {
    for (const [name, value] of Object.entries({
      'maxmemory-policy': 'noeviction',
      appendonly: 'yes',
      'min-replicas-to-write': '0',
    }))
      if (name in settings) await admin.config('SET', name, value);
  }
}

test('a Redis as it should be has nothing to tell', async () => {
  expect(await start(redis.url)).toEqual([]);
});

test('a Redis that would drop keys is refused in production', async () => {
  await withConfig({ 'maxmemory-policy': 'allkeys-lru' }, async () => {
    await expect(start(redis.url)).rejects.toThrow('set maxmemory-policy to noeviction');
    expect(await start(redis.url, { production: false })).toEqual([]);
  });
});

test.each(['api', 'issuer'] as const)(
  'in production the %s itself does not start on a Redis that would drop keys',
  async (service) => {
    const stack = new TestStack(redis.url, {
      NODE_ENV: 'production',
      SECRET: randomBytes(48).toString('base64'),
      SIGNING_KEYS: generateSigningKey(),
      PUBLIC_URL: 'https://login.example.com',
      IDENTITY_EMAIL_DOMAIN: 'agents.example.com',
    });
    try {
      await withConfig({ 'maxmemory-policy': 'allkeys-lru' }, async () => {
        await expect(service === 'api' ? stack.startApi() : stack.startIssuer()).rejects.toThrow(
          'set maxmemory-policy to noeviction',
        );
      });
    } finally {
      await stack.stop();
    }
  },
);

test('a Redis that keeps nothing is told in production, and a clock that is off everywhere', async () => {
  await withConfig({ appendonly: 'no' }, async () => {
    expect(await start(redis.url)).toEqual([expect.objectContaining({ severity: 'danger' })]);
    expect(await start(redis.url, { production: false })).toEqual([]);
  });
  const [skew] = await start(redis.url, { production: false, nowMs: () => Date.now() + 60_000 });
  expect(skew?.sentence).toMatch(/^The clock of Redis is (59|60)\.\d s behind/);
});

test('a clock that begins to differ while a process runs is told with the next sign of life', async () => {
  const client = connectRedis(parseTopology({ ...variables, REDIS_URL: redis.url }), 'commands', 'test');
  const sentences: (string | null)[] = [];
  let aheadMs = 0;
  const stop = startHeartbeat(
    client,
    { nowMs: () => Date.now() + aheadMs },
    { onClock: ({ sentence }) => sentences.push(sentence) },
  );
  try {
    await eventually('the clocks agree', () => sentences.includes(null));
    aheadMs = 3_600_000;
    await eventually('they differ', () => sentences.at(-1));
    expect(sentences.at(-1)).toMatch(/^The clock of Redis is (3599|3600)\.\d s behind/);
  } finally {
    stop();
    client.disconnect();
  }
});

test('a server that is away fails at each sign of life, so that a process which nobody asks tells of the whole outage', async () => {
  const server = await startOwnRedis();
  const client = connectRedis(parseTopology({ ...variables, REDIS_URL: server.url }), 'commands', 'test');
  client.on('error', () => undefined);
  const told: (string | null)[] = [];
  const stop = startHeartbeat(
    client,
    { nowMs: () => Date.now() },
    { onReply: () => told.push('reply'), onFailure: (error) => told.push(unavailableReason(error)) },
  );
  try {
    await eventually('it answers', () => told.includes('reply'));
    await server.kill();
    await eventually('it fails, and again', () => told.slice(-2).join(' ') === 'connection connection');
    await server.start();
    await eventually('it answers again', () => told.at(-1) === 'reply');
    // All of it is an outage, and no bug.
    expect(told).not.toContain(null);
  } finally {
    stop();
    client.disconnect();
    await server.stop();
  }
});

test('missing replicas are waited for', async () => {
  await withConfig({ 'min-replicas-to-write': '1' }, async () => {
    let started = false;
    const starting = start(redis.url).then(() => (started = true));
    await expect(admin.set('x', '')).rejects.toThrow('NOREPLICAS');
    expect(started).toBe(false);
    await admin.config('SET', 'min-replicas-to-write', '0');
    expect(await starting).toBe(true);
  });
});

test('a wrong password ends the start at once, and percent-encoding is mentioned', async () => {
  await admin.call('ACL', 'SETUSER', 'someone', 'on', '>right', '~*', '+@all');
  const { port } = new URL(redis.url);
  await expect(start(`redis://someone:wrong@127.0.0.1:${port}`)).rejects.toThrow(
    /WRONGPASS.*percent-encoded/,
  );
});

const describeWithServer = hasRedisServer ? describe : describe.skip;

describeWithServer('a server with other commands', () => {
  test('a command that Redis lacks ends the start, and is named', async () => {
    const server = await startRedisServer((port) => [
      ...redisFlags({ port, bind: '127.0.0.1', save: '' }),
      '--rename-command',
      'BZPOPMIN',
      '',
    ]);
    try {
      await expect(start(`redis://127.0.0.1:${server.port}`)).rejects.toThrow('no command BZPOPMIN');
    } finally {
      await killChild(server.child);
    }
  });
});

test('the last sentence tells the last reason, of Sentinels and nodes too, which ioredis does not tell', async () => {
  const { port } = new URL(redis.url);
  const closed = `127.0.0.1:${await freePort()}`;
  const named = { REDIS_SENTINEL_NAME: 'another' };
  const sentinel = await FakeSentinel.start(Number(port));
  try {
    const refused = /ECONNREFUSED.*Start the stack/;
    const cases: readonly (readonly [Parameters<typeof failure>[0], RegExp])[] = [
      [{ REDIS_URL: `redis://${closed}` }, refused],
      [{ REDIS_URL: 'redis://redis.invalid' }, /(ENOTFOUND|EAI_AGAIN).*Look at the name/],
      [{ REDIS_URL: `rediss://127.0.0.1:${port}` }, /ETIMEDOUT.*rediss:/],
      [{ REDIS_CLUSTER_NODES: [closed] }, refused],
      [{ REDIS_SENTINELS: [closed] }, refused],
      [{ REDIS_SENTINELS: [`127.0.0.1:${sentinel.port}`], ...named }, /REDIS_SENTINEL_NAME/],
    ];
    const told = await Promise.all(cases.map(([settings, reason]) => failure(settings, reason)));
    expect(told).toEqual(cases.map(([, reason]) => expect.stringMatching(reason) as unknown));
  } finally {
    await sentinel.stop();
  }
});
