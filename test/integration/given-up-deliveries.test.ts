import { issuanceQueuePrefix, mailQueueName } from '@ravi/contract';
import { Queue } from 'bullmq';
import { DeliveryQueue } from '../../services/issuer/src/deliveries/delivery-queue.ts';
import { connectRedis } from '@ravi/redis';
import { connectedRedis } from '../support/connected-redis.ts';
import { eventually } from '../support/eventually.ts';

const { redis, url } = await connectedRedis();
const ignore = () => undefined;

test('a mail that was given up is kept for a day, although no other fails after it', async () => {
  const worker = connectRedis({ kind: 'single', url }, 'worker', 'test');
  const deliveries = new DeliveryQueue<{ readonly to: string }>({
    name: mailQueueName,
    commands: redis,
    worker,
    logger: { debug: ignore, warn: ignore, error: ignore } as never,
    deliver: () => Promise.reject(new Error('the server takes none')),
    onOutcome: ignore,
  });
  const queue = new Queue(mailQueueName, { connection: redis, prefix: issuanceQueuePrefix });
  try {
    const names = ['old', 'young'];
    for (const name of names)
      await queue.add('deliver', { to: `${name}@example.com` }, { jobId: name, attempts: 1 });
    await eventually('both are given up', async () => (await queue.getFailedCount()) === names.length);
    const dayAgo = String(Date.now() - 86_401_000);
    const place = `${issuanceQueuePrefix}:${mailQueueName}`;
    await redis.hset(`${place}:old`, 'finishedOn', dayAgo);
    await redis.zadd(`${place}:failed`, dayAgo, 'old');
    await deliveries.forgetGivenUp();
    expect((await queue.getFailed()).map(({ id }) => id)).toEqual(['young']);
    expect(await redis.exists(`${place}:old`)).toBe(0);
  } finally {
    await deliveries.close();
    await queue.close();
    worker.disconnect();
  }
});
