import { copyFileSync, readFileSync } from 'node:fs';
import {
  connectRedis,
  parseTopology,
  type RedisClient,
  type RedisVariables,
  waitUntilReady,
} from '@ravi/redis';
import { Secret } from '@ravi/runtime';
import { Redis } from 'ioredis';
import { hasOpenssl, TestAuthority } from '../support/certificates.ts';
import { killChild } from '../support/child-process.ts';
import { eventually } from '../support/eventually.ts';
import { FakeSentinel } from '../support/fake-sentinel.ts';
import { freePort } from '../support/free-port.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { hasRedisServer, redisFlags, type RedisServer, startRedisServer } from '../support/redis-server.ts';

/** The first byte of a TLS connection. (RFC 8446 §5.1) */
const handshake = 22;

const describeWithTls = hasOpenssl && hasRedisServer ? describe : describe.skip;

describeWithTls('with rediss://', () => {
  let authority: TestAuthority;
  let files: Pick<RedisVariables, 'REDIS_CA_FILE' | 'REDIS_CERT_FILE' | 'REDIS_KEY_FILE'>;
  let server: { readonly cert: string; readonly key: string };
  /** What a Redis is told that takes TLS and wants a certificate. */
  let tlsFlags: Readonly<Record<string, string>>;
  let redis: RedisServer;
  let tlsPort: number;
  beforeAll(async () => {
    authority = new TestAuthority();
    // The name alone: an address is in no certificate of a managed Redis.
    server = authority.issue('server', 'DNS:localhost');
    const client = authority.issue('client', 'DNS:client');
    files = { REDIS_CA_FILE: authority.caFile, REDIS_CERT_FILE: client.cert, REDIS_KEY_FILE: client.key };
    tlsFlags = {
      'tls-cert-file': server.cert,
      'tls-key-file': server.key,
      'tls-ca-cert-file': authority.caFile,
      'tls-auth-clients': 'yes',
    };
    redis = await startRedisServer(async (port) => {
      tlsPort = await freePort();
      return redisFlags({ port, bind: '127.0.0.1', save: '', 'tls-port': tlsPort, ...tlsFlags });
    });
  });
  afterAll(async () => {
    await killChild(redis.child);
    authority.remove();
  });

  /** Connects, uses the connection, and ends it; rejects with the sentence that a service would print. */
  async function use<T>(
    variables: Partial<RedisVariables>,
    work: (client: RedisClient) => Promise<T>,
    { role = 'commands', limitMs = 60_000 }: { role?: 'commands' | 'subscriber'; limitMs?: number } = {},
  ): Promise<T> {
    const REDIS_URL = `rediss://localhost:${tlsPort}`;
    const topology = parseTopology({ REDIS_URL, REDIS_SENTINEL_NAME: 'mymaster', ...variables });
    const client = connectRedis(topology, role, 'test');
    client.on('error', () => undefined);
    try {
      await waitUntilReady(client, limitMs, topology);
      return await work(client);
    } finally {
      client.disconnect();
    }
  }
  const ping = (client: RedisClient) => client.ping();

  test('an authority and a client certificate of one’s own are used, and what is missing is named', async () => {
    expect(await use(files, ping)).toBe('PONG');
    const byAddress = { ...files, REDIS_URL: `rediss://127.0.0.1:${tlsPort}` };
    const failures = [{}, { REDIS_CA_FILE: authority.caFile }, byAddress].map((variables) =>
      use(variables, ping, { limitMs: 5_000 }).then(() => 'connected', String),
    );
    expect(await Promise.all(failures)).toEqual([
      expect.stringContaining('Set REDIS_CA_FILE'),
      expect.stringContaining('REDIS_CERT_FILE and REDIS_KEY_FILE'),
      expect.stringContaining('Use the name that is in the certificate'),
    ]);
  });

  test('certificates that were renewed are those of the next connection, without a restart; one without its new key changes nothing', async () => {
    const [former, later] = [new TestAuthority(), new TestAuthority()];
    const own = former.issue('own', 'DNS:own');
    const ofServer = (from: TestAuthority) => {
      const { cert, key } = from.issue('server', 'DNS:localhost');
      return ['tls-cert-file', cert, 'tls-key-file', key, 'tls-ca-cert-file', from.caFile];
    };
    const admin = new Redis(redis.port);
    const variables = { REDIS_CA_FILE: former.caFile, REDIS_CERT_FILE: own.cert, REDIS_KEY_FILE: own.key };
    try {
      await admin.call('CONFIG', 'SET', ...ofServer(former));
      await use(variables, async (client) => {
        const reconnects = async () => {
          const ended = new Promise((resolve) => client.once('close', resolve));
          await admin.call('CLIENT', 'KILL', 'TYPE', 'normal');
          await ended;
          await eventually('it is connected again', () => client.status === 'ready');
        };
        const renewed = later.issue('renewed', 'DNS:own');
        copyFileSync(renewed.cert, own.cert);
        await reconnects();
        copyFileSync(renewed.key, own.key);
        copyFileSync(later.caFile, former.caFile);
        await admin.call('CONFIG', 'SET', ...ofServer(later));
        await reconnects();
        expect(await client.ping()).toBe('PONG');
      });
    } finally {
      const { cert, key } = server;
      await admin.call(
        'CONFIG',
        'SET',
        'tls-cert-file',
        cert,
        'tls-key-file',
        key,
        'tls-ca-cert-file',
        authority.caFile,
      );
      admin.disconnect();
      former.remove();
      later.remove();
    }
  });

  test('Sentinels get no byte in plain text, and their own user and password', async () => {
    const { cert, key } = server;
    const sentinel = await FakeSentinel.start(tlsPort, {
      masterHost: 'localhost',
      tls: {
        cert: readFileSync(cert),
        key: readFileSync(key),
        ca: readFileSync(authority.caFile),
        requestCert: true,
      },
    });
    try {
      const variables = {
        ...files,
        REDIS_URL: 'rediss://:of-redis@unused',
        REDIS_SENTINELS: [`localhost:${sentinel.port}`],
        REDIS_SENTINEL_USER: 'watcher',
        REDIS_SENTINEL_PASSWORD: new Secret('of-sentinel'),
      };
      expect(await use(variables, ping)).toBe('PONG');
      expect(new Set(sentinel.firstBytes)).toEqual(new Set([handshake]));
      expect(sentinel.commands).toContainEqual(['auth', 'watcher', 'of-sentinel']);
      expect(JSON.stringify(sentinel.commands)).not.toContain('of-redis');
    } finally {
      await sentinel.stop();
    }
  });

  test('a Cluster whose nodes announce names is reached by these names, to command and to listen', async () => {
    const cluster = await RedisCluster.start(1, 0, async () => ({
      'tls-port': await freePort(),
      'tls-cluster': 'yes',
      ...tlsFlags,
      'cluster-announce-hostname': 'localhost',
      'cluster-preferred-endpoint-type': 'hostname',
    }));
    try {
      const [node] = cluster.primaries;
      const setting: unknown = await node?.client.config('GET', 'tls-port');
      const port = Array.isArray(setting) ? String(setting[1]) : '';
      const variables = {
        ...files,
        REDIS_URL: 'rediss://unused',
        REDIS_CLUSTER_NODES: [`localhost:${port}`],
      };
      const heard = await use(
        variables,
        async (subscriber) => {
          const message = new Promise((resolve) => {
            subscriber.once('smessage', (_channel: string, text: string) => resolve(text));
          });
          await subscriber.ssubscribe('ravi:wake:{test}');
          await use(variables, (client) => client.spublish('ravi:wake:{test}', 'hello'));
          return message;
        },
        { role: 'subscriber' },
      );
      expect(heard).toBe('hello');
    } finally {
      await cluster.stop();
    }
  });
});
