import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@ravi/runtime';
import { parseTopology, placeOf } from './topology.ts';

const REDIS_SENTINEL_NAME = 'm';
const url = 'redis://:pw@127.0.0.1:6379/2';
const clusterUrl = 'redis://:pw@127.0.0.1:6379';

test('a URL alone is a single Redis', () => {
  expect(parseTopology({ REDIS_URL: url, REDIS_SENTINEL_NAME })).toEqual({
    kind: 'single',
    url,
    tls: {},
  });
});

test('a log names where Redis is, without user and password', () => {
  const nodes = ['10.0.0.1:7000', 'redis-2:7001'];
  const placed = (more: object) =>
    placeOf(parseTopology({ REDIS_URL: 'rediss://ada:pw@redis.example.com', REDIS_SENTINEL_NAME, ...more }));
  expect([placed({}), placed({ REDIS_SENTINELS: nodes }), placed({ REDIS_CLUSTER_NODES: nodes })]).toEqual([
    'redis.example.com:6379',
    'm of the Sentinels 10.0.0.1:7000, redis-2:7001',
    '10.0.0.1:7000, redis-2:7001',
  ]);
});

test('nodes make a Cluster, sentinels a Sentinel, both at once a mistake', () => {
  const nodes = ['10.0.0.1:7000', '[::1]:7001'];
  const parsed = [
    { host: '10.0.0.1', port: 7000 },
    { host: '::1', port: 7001 },
  ];
  expect(parseTopology({ REDIS_URL: clusterUrl, REDIS_CLUSTER_NODES: nodes, REDIS_SENTINEL_NAME })).toEqual({
    kind: 'cluster',
    nodes: parsed,
    url: clusterUrl,
    tls: {},
  });
  expect(parseTopology({ REDIS_URL: url, REDIS_SENTINELS: nodes, REDIS_SENTINEL_NAME })).toEqual({
    kind: 'sentinel',
    sentinels: parsed,
    name: 'm',
    access: { tls: false },
    url,
    tls: {},
  });
  expect(() =>
    parseTopology({
      REDIS_URL: url,
      REDIS_CLUSTER_NODES: nodes,
      REDIS_SENTINELS: nodes,
      REDIS_SENTINEL_NAME,
    }),
  ).toThrow('only one');
});

test.each(['localhost:6379', 'http://x', 'redis//x', ''])('%p is no Redis URL', (text) => {
  expect(() => parseTopology({ REDIS_URL: text, REDIS_SENTINEL_NAME })).toThrow('REDIS_URL');
});

test('a node without a port is named', () => {
  expect(() =>
    parseTopology({ REDIS_URL: clusterUrl, REDIS_CLUSTER_NODES: ['redis-1'], REDIS_SENTINEL_NAME }),
  ).toThrow('"redis-1"');
});

test.each(['a:', ':1', 'a:b', 'a:1x', 'a:123456', '[::1]', ''])('%j is no node', (node) => {
  const parse = () => parseTopology({ REDIS_URL: url, REDIS_SENTINELS: ['a:1', node], REDIS_SENTINEL_NAME });
  expect(parse).toThrow(`REDIS_SENTINELS: "${node}" is not host:port`);
});

test('a Cluster has no second database', () => {
  const first = { REDIS_URL: 'redis://127.0.0.1/0', REDIS_CLUSTER_NODES: ['a:1'], REDIS_SENTINEL_NAME };
  expect(parseTopology(first).kind).toBe('cluster');
  expect(() => parseTopology({ REDIS_URL: url, REDIS_CLUSTER_NODES: ['a:1'], REDIS_SENTINEL_NAME })).toThrow(
    'database 0',
  );
});

test.each(['p/w', 'p?w', 'p#w', 'p%w'])(
  'a password with a character that is not percent-encoded, as %p, is told so and not shown',
  (password) => {
    for (const REDIS_URL of [`redis://:${password}@127.0.0.1:6379`, `rediss://user:${password}@h/0`]) {
      const parse = () => parseTopology({ REDIS_URL, REDIS_SENTINEL_NAME });
      expect(parse).toThrow('percent-encoded');
      expect(parse).not.toThrow(password);
    }
  },
);

describe('TLS', () => {
  const REDIS_URL = 'rediss://:pw@redis.example.com';
  const directory = mkdtempSync(join(tmpdir(), 'ravi-topology-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  afterAll(() => rmSync(directory, { recursive: true }));

  test('Sentinels use it where Redis does, unless they are told apart', () => {
    const access = (variables: object) => {
      const topology = parseTopology({
        REDIS_URL,
        REDIS_SENTINELS: ['s:1'],
        REDIS_SENTINEL_NAME,
        ...variables,
      });
      return topology.kind === 'sentinel' ? topology.access : undefined;
    };
    expect(access({})).toEqual({ tls: true });
    expect(access({ REDIS_URL: url })).toEqual({ tls: false });
    expect(access({ REDIS_URL: url, REDIS_SENTINEL_TLS: true })).toEqual({ tls: true });
    const REDIS_SENTINEL_PASSWORD = new Secret('pw');
    expect(access({ REDIS_SENTINEL_TLS: false, REDIS_SENTINEL_USER: 'u', REDIS_SENTINEL_PASSWORD })).toEqual({
      tls: false,
      user: 'u',
      password: REDIS_SENTINEL_PASSWORD,
    });
  });

  test.each([
    ['REDIS_CA_FILE: ', { REDIS_CA_FILE: '/no/such.pem' }],
    ['REDIS_CA_FILE: ', { REDIS_CA_FILE: file('no.pem', 'hunter2') }],
    ['set both', { REDIS_CERT_FILE: '/some.pem' }],
    ['set both', { REDIS_KEY_FILE: '/some.pem' }],
    ['REDIS_CERT_FILE: ', { REDIS_CERT_FILE: file('no-cert.pem', 'hunter2'), REDIS_KEY_FILE: '/x' }],
    ['rediss://', { REDIS_CA_FILE: '/some.pem', REDIS_URL: url }],
  ])('a file that cannot be used is named: %s', (message, variables) => {
    const parse = () => parseTopology({ REDIS_URL, REDIS_SENTINEL_NAME, ...variables });
    expect(parse).toThrow(message);
    expect(parse).not.toThrow('hunter2');
  });
});
