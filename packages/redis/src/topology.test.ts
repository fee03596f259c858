import { parseTopology } from './topology.ts';

const REDIS_SENTINEL_NAME = 'm';
const url = 'redis://:pw@127.0.0.1:6379/2';

test('a URL alone is a single Redis', () => {
  expect(parseTopology({ REDIS_URL: url, REDIS_SENTINEL_NAME })).toEqual({ kind: 'single', url });
});

test('nodes make a Cluster, sentinels a Sentinel, both at once a mistake', () => {
  const nodes = ['10.0.0.1:7000', '[::1]:7001'];
  const parsed = [
    { host: '10.0.0.1', port: 7000 },
    { host: '::1', port: 7001 },
  ];
  expect(parseTopology({ REDIS_URL: url, REDIS_CLUSTER_NODES: nodes, REDIS_SENTINEL_NAME })).toEqual({
    kind: 'cluster',
    nodes: parsed,
    url,
  });
  expect(parseTopology({ REDIS_URL: url, REDIS_SENTINELS: nodes, REDIS_SENTINEL_NAME })).toMatchObject({
    sentinels: parsed,
    name: 'm',
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
    parseTopology({ REDIS_URL: url, REDIS_CLUSTER_NODES: ['redis-1'], REDIS_SENTINEL_NAME }),
  ).toThrow('"redis-1"');
});
