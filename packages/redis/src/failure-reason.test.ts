import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:net';
import { FakeRedis } from '../../../test/support/fake-redis.ts';
import { eventually } from '../../../test/support/eventually.ts';
import type { RedisClient } from './client.ts';
import { askWhy, explainFailure, FailureWatch, isRefusal } from './failure-reason.ts';

/** A connection that a test lets fail, and what its watch heard. */
function watched() {
  const client = new EventEmitter();
  const heard: string[] = [];
  const watch = new FailureWatch(client as unknown as RedisClient, ({ message }) => heard.push(message));
  const fail = (event: string, message: string, lastNodeError: Error | null = null) =>
    client.emit(event, Object.assign(new Error(message), { lastNodeError }));
  return { client, watch, heard, fail };
}

const unreachable = 'All sentinels are unreachable. Retrying from scratch after 50ms.';

test('the last reason is kept: that of the connection, of a server of a Cluster, or of a Sentinel', () => {
  const { watch, heard, fail } = watched();
  expect(watch.last).toBeNull();
  fail('error', 'connect ETIMEDOUT');
  expect(watch.last?.message).toBe('connect ETIMEDOUT');
  fail('node error', 'connect ECONNREFUSED');
  expect(watch.last?.message).toBe('connect ECONNREFUSED');
  fail('sentinelError', 'failed to connect to sentinel');
  expect(watch.last?.message).toBe('failed to connect to sentinel');
  fail('error', 'Failed to refresh slots cache.', new Error('WRONGPASS invalid username-password pair'));
  expect(watch.last?.message).toBe('WRONGPASS invalid username-password pair');
  expect(heard).toEqual([
    'connect ETIMEDOUT',
    'connect ECONNREFUSED',
    'failed to connect to sentinel',
    'WRONGPASS invalid username-password pair',
  ]);
});

test('that all Sentinels are unreachable is the reason only where none of them told its own', () => {
  const { watch, heard, fail } = watched();
  fail('error', unreachable);
  expect(watch.last?.message).toBe(unreachable);
  fail('sentinelError', 'got an invalid reply: null');
  fail('error', unreachable);
  expect(watch.last?.message).toBe('got an invalid reply: null');
  expect(heard).toHaveLength(3);
});

test('a watch that is stopped hears nothing more', () => {
  const { client, watch } = watched();
  watch.stop();
  expect(client.eventNames()).toEqual([]);
});

test.each([
  ['WRONGPASS invalid username-password pair or user is disabled.', true],
  ['NOAUTH Authentication required.', true],
  ['failed to connect to sentinel 127.0.0.1:1 because NOPERM this user has no permissions', true],
  ['connect ECONNREFUSED 127.0.0.1:1', false],
])('%j is a refusal that no later attempt changes: %s', (message, refuses) => {
  expect(isRefusal(new Error(message))).toBe(refuses);
});

describe('asked why they cannot be reached', () => {
  let answering: FakeRedis;
  let closedPort: number;
  beforeAll(async () => {
    // It may refuse whatever it is asked: that it answers is enough.
    answering = await FakeRedis.start(([name]) => (name === 'info' ? '-ERR not now\r\n' : null));
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    closedPort = typeof address === 'object' && address ? address.port : 0;
    server.close();
    await once(server, 'close');
  });
  afterAll(() => answering.stop());

  const url = 'redis://127.0.0.1:1';
  const at = (...ports: readonly number[]) => ports.map((port) => ({ host: '127.0.0.1', port }));

  test('a single server has told it already', async () => {
    expect(await askWhy({ kind: 'single', url })).toBeNull();
  });

  test('the first of a Cluster or of the Sentinels that cannot be reached tells why; none if all answer', async () => {
    const { port } = answering;
    const refused = `connect ECONNREFUSED 127.0.0.1:${closedPort}`;
    for (const [ports, reason] of [
      [[port, closedPort], refused],
      [[closedPort], refused],
      [[port, port], undefined],
    ] as const) {
      const nodes = at(...ports);
      const ofCluster = await askWhy({ kind: 'cluster', url, nodes });
      expect(ofCluster?.message).toBe(reason);
      const ofSentinels = await askWhy({ kind: 'sentinel', url, sentinels: nodes, name: 'mymaster' });
      expect(ofSentinels?.message).toBe(reason);
    }
    await eventually('the connections are closed', () => answering.open === 0);
  });

  test('a tool that says why can end at once', async () => {
    jest.useFakeTimers();
    try {
      await askWhy({ kind: 'sentinel', url, sentinels: at(closedPort, closedPort), name: 'mymaster' });
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  test('a node of a Cluster is asked with the password of Redis, a Sentinel with its own alone', async () => {
    const before = answering.commands.length;
    const [node] = at(answering.port);
    if (!node) throw new Error('There is one.');
    const withPassword = 'redis://:pw@127.0.0.1:1';
    await askWhy({ kind: 'sentinel', url: withPassword, sentinels: [node], name: 'mymaster' });
    const asked = () => answering.commands.slice(before).filter((command) => command.startsWith('auth'));
    expect(asked()).toEqual([]);
    await askWhy({ kind: 'cluster', url: withPassword, nodes: [node] });
    expect(asked()).toEqual(['auth pw']);
  });
});

/** An error with the code that Node gives it. */
const failure = (message: string, code?: string) => Object.assign(new Error(message), code && { code });

test.each([
  [null, /^It did not answer: start it, or set REDIS_URL\.$/],
  [failure('Something else.'), /^The last reason was: Something else\.$/],
  [failure('WRONGPASS invalid username-password pair.'), /pair\. Look at user and password/],
  [failure('NOAUTH Authentication required.'), /percent-encoded/],
  [failure('getaddrinfo ENOTFOUND redis', 'ENOTFOUND'), /: getaddrinfo ENOTFOUND redis\. Look at the name/],
  [failure('connect ETIMEDOUT'), /firewalls/],
  [failure('connect ECONNREFUSED 127.0.0.1:1'), /npm start/],
  [failure('self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT'), /Set REDIS_CA_FILE/],
  [failure('unable to get local issuer certificate', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), /REDIS_CA_FILE/],
  [failure('Hostname does not match', 'ERR_TLS_CERT_ALTNAME_INVALID'), /the name that is in the certificate/],
  [failure('alert', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), /wants a certificate: set REDIS_CERT_FILE/],
  [failure('wrong version number', 'ERR_SSL_WRONG_VERSION_NUMBER'), /does not speak TLS at this port/],
  [failure('read ECONNRESET', 'ECONNRESET'), /must begin with rediss:/],
  [failure('connected successfully, but got an invalid reply: null'), /look at REDIS_SENTINEL_NAME/],
])('%# a failure is explained, with what to do about it', (error, sentence) => {
  expect(explainFailure(error)).toMatch(sentence);
});
