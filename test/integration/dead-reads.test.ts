import { randomUUID } from 'node:crypto';
import { connectRedis } from '@ravi/redis';
import { Queue } from 'bullmq';
import { JobWorker } from '../../services/issuer/src/job-worker.ts';
import { atBest } from '../support/at-best.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { eventually } from '../support/eventually.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

const { redis, url } = await connectedRedis();

test('the connection on which a worker waits for jobs dies alone and without a word, while others are delayed: within 5 s the next one is taken', async () => {
  const address = new URL(url);
  const proxy = await TcpProxy.open(Number(address.port));
  address.port = String(proxy.port);
  const prefix = `{${randomUUID()}}`;
  const queue = new Queue<{ readonly sentAtMs?: number }>('jobs', { connection: redis, prefix });
  const connection = connectRedis({ kind: 'single', url: address.href }, 'worker', 'test');
  connection.on('error', () => undefined);
  await queue.add('later', {}, { delay: 3_600_000 });
  let takenAfterMs: number | null = null;
  const worker = new JobWorker<{ readonly sentAtMs?: number }>(
    'jobs',
    async ({ data: { sentAtMs = 0 } }) => void (takenAfterMs = performance.now() - sentAtMs),
    { connection, prefix, concurrency: 1 },
  );
  worker.on('error', () => undefined);
  const freezeRead = async () => {
    const clients = String(await redis.client('LIST')).split('\n');
    // One that has just begun to wait.
    const reads = clients.filter((client) => / idle=0 .* cmd=bzpopmin /.test(client));
    return reads.some((read) => proxy.freezeOne(Number(/ addr=\S+:(\d+) /.exec(read)?.[1])));
  };
  try {
    const measure = async () => {
      await eventually('it waits for a job', freezeRead);
      takenAfterMs = null;
      await queue.add('now', { sentAtMs: performance.now() });
      return eventually('it takes the job', () => takenAfterMs);
    };
    expect(await atBest(5_000, measure)).toBeLessThan(5_000);
  } finally {
    await worker.close();
    await queue.obliterate({ force: true });
    await queue.close();
    connection.disconnect();
    await proxy.close();
  }
});
