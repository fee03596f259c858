import { deliveryAttempts, issuanceQueuePrefix, mailQueueName } from '@ravi/contract';
import { Queue } from 'bullmq';
import { DeliveryQueue } from '../../services/issuer/src/deliveries/delivery-queue.ts';
import { connectRedis } from '@ravi/redis';
import { connectedRedis } from '../support/connected-redis.ts';
import { eventually } from '../support/eventually.ts';

const { redis, url } = await connectedRedis();
const ignore = () => undefined;

test('the log and a figure tell of each attempt that failed, and that no further one follows the last', async () => {
  const worker = connectRedis({ kind: 'single', url }, 'worker', 'test');
  const lines: (readonly [level: string, about: object, sentence: string])[] = [];
  const line = (level: string) => (about: object, sentence: string) =>
    void lines.push([level, about, sentence]);
  const outcomes: string[] = [];
  const deliveries = new DeliveryQueue<{ readonly to: string }>({
    name: 'webhook',
    commands: redis,
    worker,
    logger: { debug: ignore, warn: line('warn'), error: line('error') } as never,
    deliver: () => Promise.reject(new Error('the receiver takes none')),
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  const queue = new Queue('webhook', { connection: redis, prefix: issuanceQueuePrefix });
  try {
    const at = { jobId: 'hopeless', attempts: deliveryAttempts, backoff: 0 };
    await queue.add('deliver', { to: 'nobody' }, at);
    await eventually('it is given up', () => outcomes.includes('dead'));
    const before = deliveryAttempts - 1;
    expect(outcomes).toEqual([...Array<string>(before).fill('failed'), 'dead']);
    const about = { delivery: 'webhook', job: 'hopeless', reason: 'the receiver takes none' };
    expect(lines).toEqual([
      ...Array.from({ length: before }, (_, past) => {
        return ['warn', { ...about, attempt: past + 1 }, 'a delivery failed; trying again'];
      }),
      ['error', { ...about, attempt: deliveryAttempts }, 'given up on a delivery'],
    ]);
  } finally {
    await deliveries.close();
    await queue.close();
    worker.disconnect();
  }
});

test('an attempt that fails is told also where its job was taken over meanwhile', async () => {
  const worker = connectRedis({ kind: 'single', url }, 'worker', 'test');
  const outcomes: string[] = [];
  const answers = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let asked = 0;
  const deliveries = new DeliveryQueue<{ readonly to: string }>({
    name: 'webhook',
    commands: redis,
    worker,
    logger: { debug: ignore, warn: ignore, error: ignore } as never,
    deliver: async () => answers[asked++]?.promise,
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  try {
    await deliveries.add([{ id: 'slow', data: { to: 'somebody' } }]);
    await eventually('it is asked', () => asked === 1);
    // As where its process was paused: nobody holds the job any more, and it is begun anew.
    const lock = `${issuanceQueuePrefix}:webhook:slow:lock`;
    await eventually('it is asked again', async () => {
      await redis.del(lock);
      return asked === 2;
    });
    answers[0]?.reject(new Error('no answer came'));
    await eventually('that is told', () => outcomes.length > 0);
    answers[1]?.resolve();
    await eventually('it is delivered', () => outcomes.includes('delivered'));
    expect(outcomes).toEqual(['failed', 'delivered']);
  } finally {
    await deliveries.close();
    worker.disconnect();
  }
});

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
