import { createServer, type Server } from 'node:http';
import { boundPort } from '@ravi/runtime';
import { Registry } from '@ravi/telemetry';
import type { ApiConfig } from '../../services/api/src/config.ts';
import { openReadiness, type Readiness, type ReadinessDeps } from '../../services/api/src/readiness.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { eventually } from '../support/eventually.ts';

const { redis } = await connectedRedis();
const opened: { readiness: Readiness; server: Server }[] = [];
afterEach(async () => {
  for (const { readiness, server } of opened.splice(0)) {
    await readiness.leave();
    for (const each of [readiness.admin, server]) {
      each.closeAllConnections();
      await new Promise((resolve) => each.close(resolve));
    }
  }
});

/** An api with this secret, which is about to serve. */
async function opening(secret: string) {
  const server = createServer();
  const lines: string[] = [];
  const its = { isRedisReady: true };
  const config = {
    agreed: { SECRET: [secret], PUBLIC_URL: ['https://login.example'] },
    queues: 1,
    adminPort: 0,
    adminBindAddress: '127.0.0.1',
  };
  const deps = {
    instance: `${secret}-of-an-api`,
    registry: new Registry(),
    connections: { redis, isReady: () => its.isRedisReady },
    server,
    logger: {
      info: (sentence: string) => lines.push(`info: ${sentence}`),
      error: (sentence: string) => lines.push(`error: ${sentence}`),
    },
  };
  const readiness = await openReadiness(config as unknown as ApiConfig, deps as unknown as ReadinessDeps);
  opened.push({ readiness, server });
  return {
    its,
    lines,
    readiness,
    listen: () => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)),
    ready: async () => {
      const answer = await fetch(`http://127.0.0.1:${boundPort(readiness.admin)}/readyz`);
      return [answer.status, await answer.json()] as const;
    },
  };
}

test('an api is ready once it listens, as long as it reaches Redis and does not stop; its admin port says why not', async () => {
  const api = await opening('one');
  await api.readiness.join();
  expect(await api.ready()).toEqual([503, { detail: 'Starting.' }]);
  await api.listen();
  expect(await api.ready()).toEqual([200, { status: 'ok' }]);
  api.its.isRedisReady = false;
  expect(await api.ready()).toEqual([503, { detail: 'Redis does not answer.' }]);
  api.its.isRedisReady = true;
  expect(await api.ready()).toEqual([200, { status: 'ok' }]);
  api.readiness.stopping();
  api.its.isRedisReady = false;
  expect(await api.ready()).toEqual([503, { detail: 'Stopping.' }]);
});

test('an api of other settings than those in use waits, and names them in its log and at its admin port, until the others are gone', async () => {
  const api = await opening('one');
  await api.readiness.join();
  const other = await opening('two');
  let hasJoined = false;
  const joining = other.readiness.join().then(() => (hasJoined = true));
  await eventually('the log says so', () => other.lines.length > 0);
  const [status, { detail }] = (await other.ready()) as [number, { detail: string }];
  expect([status, detail]).toEqual([503, expect.stringContaining('SECRET')]);
  // Of an instance its first eight characters are shown.
  expect(detail).toContain('one-of-a');
  expect(detail).not.toContain('one-of-an');
  expect([other.lines, hasJoined]).toEqual([[`error: ${detail}`], false]);
  await api.readiness.leave();
  await joining;
  expect(other.lines.slice(1)).toEqual(['info: the settings agree with those of the other processes']);
  expect(await other.ready()).toEqual([503, { detail: 'Starting.' }]);
});
