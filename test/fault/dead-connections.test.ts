import { eventually } from '../support/eventually.ts';
import { FakeSentinel } from '../support/fake-sentinel.ts';
import { patientPerson, startPatiently } from '../support/patience.ts';
import { Person } from '../support/person.ts';
import { startLogin, waitPatiently } from '../support/program.ts';
import { startOwnRedis } from '../support/redis.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { hasRedisServer } from '../support/redis-server.ts';
import { type ServiceProcess, TestStack } from '../support/services.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

/** A Redis that is reached through proxies alone. */
interface ProxiedRedis {
  readonly env: Readonly<Record<string, string>>;
  readonly proxies: readonly TcpProxy[];
  stop(): Promise<void>;
}

async function behindSentinel(): Promise<ProxiedRedis> {
  const redis = await startOwnRedis();
  const proxy = await TcpProxy.open(Number(new URL(redis.url).port));
  const sentinel = await FakeSentinel.start(proxy.port);
  return {
    env: { REDIS_SENTINELS: `127.0.0.1:${sentinel.port}` },
    proxies: [proxy],
    stop: async () => {
      await sentinel.stop();
      await proxy.close();
      await redis.stop();
    },
  };
}

async function cluster(): Promise<ProxiedRedis> {
  const proxies: TcpProxy[] = [];
  const redis = await RedisCluster.start(2, 0, async (port) => {
    const proxy = await TcpProxy.open(port);
    proxies.push(proxy);
    return { 'cluster-announce-port': proxy.port };
  });
  return {
    env: { REDIS_CLUSTER_NODES: proxies.map(({ port }) => `127.0.0.1:${port}`).join(',') },
    proxies,
    stop: async () => {
      await redis.stop();
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}

/**
 * A sign of life is asked for every 1.5 s, and a connection without any reply for 3 s is dead: so after 5 s it is known. How soon a busy
 * machine then serves is its own matter.
 */
const knownWithinMs = 5_000;
/** For a machine that does much else. TCP would wait for a quarter of an hour. */
const toleranceMs = 10_000;

/**
 * When a service logged that the connection of its commands, or to a server of these, was lost, at this moment or later. Where it does not, the
 * failure has all that it logged.
 */
async function noticedSince(service: ServiceProcess, sinceMs: number): Promise<number> {
  const noticed = eventually('the loss is in the log', () => {
    const lines = service.output().split('\n');
    const lost = lines.filter((line) => line.includes('redis is away') && line.includes('"role":"commands"'));
    const times = lost.map((line) => Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? ''));
    return times.find((timeMs) => timeMs >= sinceMs);
  });
  return noticed.catch((cause: unknown) => {
    const logged = service.output();
    throw new Error(`Nothing of a loss since ${new Date(sinceMs).toISOString()} in:\n${logged}`, { cause });
  });
}

const describeWithRedis = hasRedisServer ? describe : describe.skip;

describeWithRedis('connections that die without a word', () => {
  test.concurrent.each([
    ['behind a Sentinel', behindSentinel],
    ['in a Cluster', cluster],
  ] as const)(
    'are replaced within seconds, %s: what was held is answered, and logins go on',
    async (_, startRedis) => {
      const redis = await startRedis();
      const stack = new TestStack('redis://127.0.0.1:1', redis.env);
      try {
        const [api, issuer] = await Promise.all([stack.startApi(), stack.startIssuer()]);
        const approve = patientPerson(await Person.signUp(api.url), api.url);
        const before = await startLogin(api.url);
        const held = waitPatiently([api.url], before.device_code);

        const beganMs = Date.now();
        for (const proxy of redis.proxies) expect(proxy.freezeOpen()).toBeGreaterThan(0);
        const frozenMs = Date.now();
        await startPatiently(api.url);
        await approve(before.user_code);
        expect((await held).status).toBe(200);
        for (const service of [api, issuer])
          expect((await noticedSince(service, beganMs)) - frozenMs).toBeLessThan(knownWithinMs + toleranceMs);

        // Idle connections too: the one that listens for wake-ups had nothing to ask.
        await eventually('the api listens again', () => api.output().includes('wake-ups do not arrive'));
        for (const service of [api, issuer]) {
          await eventually('it is ready', async () => (await fetch(`${service.adminUrl}/readyz`)).ok);
        }
        const after = await startPatiently(api.url);
        const woken = waitPatiently([api.url], after.device_code);
        await approve(after.user_code);
        expect((await woken).status).toBe(200);
      } finally {
        await stack.stop();
        await redis.stop();
      }
    },
  );
});
