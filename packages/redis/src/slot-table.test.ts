import { once } from 'node:events';
import { Cluster } from 'ioredis';
import { eventually } from '../../../test/support/eventually.ts';
import { FakeRedis } from '../../../test/support/fake-redis.ts';
import { keepReadingSlots, readSlotsEveryMs } from './slot-table.ts';

beforeEach(() => jest.useFakeTimers());

test('the table of slots is read each second while a Cluster is connected, also once it is again, and no more after that, though it was being read', async () => {
  let isSilent = false;
  const redis = await FakeRedis.start(([name]) => (name === 'cluster' && isSilent ? '' : null));
  const cluster = new Cluster([{ host: '127.0.0.1', port: redis.port }], { clusterRetryStrategy: () => 1 });
  cluster.on('error', () => undefined);
  keepReadingSlots(cluster);
  const readings = () => redis.commands.filter((command) => command === 'cluster slots').length;
  const isReadOnceIn = async (ms: number) => {
    const before = readings();
    jest.advanceTimersByTime(ms);
    await eventually('the table is read', () => readings() > before);
    expect(readings()).toBe(before + 1);
  };
  try {
    await once(cluster, 'ready');
    expect(jest.getTimerCount()).toBe(1);
    await isReadOnceIn(readSlotsEveryMs);
    const again = once(cluster, 'ready');
    redis.cut();
    await again;
    expect(jest.getTimerCount()).toBe(1);
    isSilent = true;
    await isReadOnceIn(1_000);
  } finally {
    cluster.disconnect();
    await once(cluster, 'end');
    await redis.stop();
  }
  expect(jest.getTimerCount()).toBe(0);
});
