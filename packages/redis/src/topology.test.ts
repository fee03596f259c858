import { parseTopology } from './topology.ts';

const url = 'redis://:pw@127.0.0.1:6379/2';

test('a URL alone is a single Redis', () => {
  expect(parseTopology({ url, sentinelName: 'm' })).toEqual({ kind: 'single', url });
});

test('nodes make a Cluster, sentinels a Sentinel, both at once a mistake', () => {
  const nodes = ['10.0.0.1:7000', '[::1]:7001'];
  const parsed = [
    { host: '10.0.0.1', port: 7000 },
    { host: '::1', port: 7001 },
  ];
  expect(parseTopology({ url, clusterNodes: nodes, sentinelName: 'm' })).toEqual({
    kind: 'cluster',
    nodes: parsed,
    url,
  });
  expect(parseTopology({ url, sentinels: nodes, sentinelName: 'm' })).toMatchObject({
    sentinels: parsed,
    name: 'm',
  });
  expect(() => parseTopology({ url, clusterNodes: nodes, sentinels: nodes, sentinelName: 'm' })).toThrow(
    'only one',
  );
});

test.each(['localhost:6379', 'http://x', 'redis//x', ''])('%p is no Redis URL', (text) => {
  expect(() => parseTopology({ url: text, sentinelName: 'm' })).toThrow('REDIS_URL');
});

test('a node without a port is named', () => {
  expect(() => parseTopology({ url, clusterNodes: ['redis-1'], sentinelName: 'm' })).toThrow('"redis-1"');
});
