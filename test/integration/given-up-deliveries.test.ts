import { deliveryAttempts, issuanceQueuePrefix, mailQueueName } from '@ravi/contract';
import { Queue } from 'bullmq';
import { DeliveryQueue } from '../../services/issuer/src/deliveries/delivery-queue.ts';
import { Undeliverable } from '../../services/issuer/src/deliveries/undeliverable.ts';
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
    deliver: () => Promise.reject(new Error('the receiver takes none', { cause: new Error('it is closed') })),
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  const queue = new Queue('webhook', { connection: redis, prefix: issuanceQueuePrefix });
  try {
    const at = { jobId: 'hopeless', attempts: deliveryAttempts, backoff: 0 };
    await queue.add('deliver', { to: 'nobody' }, at);
    await eventually('it is given up', () => outcomes.includes('dead'));
    const before = deliveryAttempts - 1;
    expect(outcomes).toEqual([...Array<string>(before).fill('failed'), 'dead']);
    const about = { delivery: 'webhook', job: 'hopeless', reason: 'the receiver takes none: it is closed' };
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

test('what was refused for good is told once, not tried again, and late no more', async () => {
  const worker = connectRedis({ kind: 'single', url }, 'worker', 'test');
  const lines: (readonly [about: object, sentence: string])[] = [];
  const outcomes: string[] = [];
  const deliveries = new DeliveryQueue<{ readonly to: string }>({
    name: mailQueueName,
    commands: redis,
    worker,
    logger: {
      debug: ignore,
      warn: (about: object, sentence: string) => void lines.push([about, sentence]),
      error: ignore,
    } as never,
    deliver: () => Promise.reject(new Undeliverable('there is no such mailbox')),
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  try {
    await redis.flushall();
    await deliveries.add([{ id: 'mistyped', data: { to: 'nobody' } }]);
    await eventually('it is refused', () => outcomes.length > 0);
    await eventually('nothing waits', async () => (await deliveries.oldestDueMs()) === null);
    expect(outcomes).toEqual(['refused']);
    const about = { delivery: 'mail', job: 'mistyped', attempt: 1, reason: 'there is no such mailbox' };
    expect(lines).toEqual([[about, 'a delivery was refused for good; it is not tried again']]);
  } finally {
    await deliveries.close();
    worker.disconnect();
  }
});

const last = deliveryAttempts;

test.each([
  ['an attempt before the last', 1, 'delivers', ['failed', 'delivered'], []],
  ['the last', last, 'delivers', ['delivered'], []],
  ['the last', last, 'fails, too', ['dead'], ['given up on a delivery']],
] as const)(
  'where a job is taken over during %s (%d), which then fails, and the other process %s, what became of it is told once',
  async (_, attempt, other, told, errors) => {
    const worker = connectRedis({ kind: 'single', url }, 'worker', 'test');
    const outcomes: string[] = [];
    const lines: string[] = [];
    const causes: string[] = [];
    const answers = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let asked = 0;
    const deliveries = new DeliveryQueue<{ readonly to: string }>({
      name: 'webhook',
      commands: redis,
      worker,
      logger: {
        debug: ({ error }: { readonly error: Error }) => causes.push(error.message),
        warn: ignore,
        error: (_about: object, sentence: string) => lines.push(sentence),
      } as never,
      deliver: async () => {
        const before = asked++ - (attempt - 1);
        if (before < 0) throw new Error('the receiver takes none');
        return answers[before]?.promise;
      },
      onOutcome: (outcome) => outcomes.push(outcome),
    });
    const queue = new Queue('webhook', { connection: redis, prefix: issuanceQueuePrefix });
    const jobId = `slow ${attempt} ${other}`;
    try {
      await queue.add('deliver', { to: 'somebody' }, { jobId, attempts: last, backoff: 0 });
      await eventually('it is asked', () => asked === attempt);
      // As where its process was paused: nobody holds the job any more, and it is begun anew.
      await redis.del(`${issuanceQueuePrefix}:webhook:${jobId}:lock`);
      await eventually('it is asked again', () => asked === attempt + 1);
      causes.length = 0;
      answers[0]?.reject(new Error('no answer came'));
      await eventually('the job is not its own', () =>
        causes.some((cause) => cause.startsWith('Lock mismatch')),
      );
      if (other === 'delivers') answers[1]?.resolve();
      else answers[1]?.reject(new Error('no answer came'));
      await eventually('that is told', () => outcomes.some((outcome) => outcome !== 'failed'));
      expect(outcomes).toEqual([...Array<string>(attempt - 1).fill('failed'), ...told]);
      expect(lines).toEqual(errors);
    } finally {
      for (const { resolve } of answers) resolve();
      await deliveries.close();
      await queue.close();
      worker.disconnect();
    }
  },
);

const hour = 3_600_000;

test.each([
  ['a mail', mailQueueName, 24 * hour],
  ['an event', 'webhook', 7 * 24 * hour],
] as const)(
  '%s is tried for about 4.5 hours, and kept for its time once it was given up, although no other fails after it',
  async (_, name, keptMs) => {
    const worker = connectRedis({ kind: 'single', url }, 'worker', 'test');
    const deliveries = new DeliveryQueue<{ readonly to: string }>({
      name,
      commands: redis,
      worker,
      logger: { debug: ignore, warn: ignore, error: ignore } as never,
      deliver: () => Promise.reject(new Error('the server takes none')),
      onOutcome: ignore,
    });
    const queue = new Queue(name, { connection: redis, prefix: issuanceQueuePrefix });
    try {
      const ids = ['old', 'young'];
      const failedBefore = await queue.getFailedCount();
      for (const id of ids)
        await queue.add('deliver', { to: `${id}@example.com` }, { jobId: id, attempts: 1 });
      await eventually(
        'both are given up',
        async () => (await queue.getFailedCount()) === failedBefore + ids.length,
      );
      const tooLong = String(Date.now() - keptMs - 1000);
      const longEnough = String(Date.now() - keptMs + 60_000);
      const place = `${issuanceQueuePrefix}:${name}`;
      for (const [id, at] of [
        ['old', tooLong],
        ['young', longEnough],
      ] as const) {
        await redis.hset(`${place}:${id}`, 'finishedOn', at);
        await redis.zadd(`${place}:failed`, at, id);
      }
      await deliveries.forgetOld();
      const left = new Set((await queue.getFailed()).map(({ id }) => id));
      expect([left.has('young'), left.has('old')]).toEqual([true, false]);
      expect(await redis.exists(`${place}:old`)).toBe(0);

      await deliveries.add([{ id: 'next', data: { to: 'nobody' }, delayMs: hour }]);
      const { attempts = 0, backoff, removeOnFail } = (await queue.getJob('next'))?.opts ?? {};
      expect(backoff).toMatchObject({ type: 'exponential', delay: 1000 });
      expect(1000 * (2 ** (attempts - 1) - 1)).toBeCloseTo(4.55 * hour, -5);
      expect(removeOnFail).toEqual({ age: keptMs / 1000, count: 1000 });
    } finally {
      await deliveries.close();
      await queue.close();
      worker.disconnect();
    }
  },
);

test.each([mailQueueName, 'webhook'] as const)(
  'what was delivered by %s is kept for an hour, although nothing is delivered after it; then its id may come again',
  async (name) => {
    const worker = connectRedis({ kind: 'single', url }, 'worker', 'test');
    const delivered: string[] = [];
    const deliveries = new DeliveryQueue<{ readonly to: string }>({
      name,
      commands: redis,
      worker,
      logger: { debug: ignore, warn: ignore, error: ignore } as never,
      deliver: async ({ id }) => void delivered.push(id),
      onOutcome: ignore,
    });
    const queue = new Queue(name, { connection: redis, prefix: issuanceQueuePrefix });
    const place = `${issuanceQueuePrefix}:${name}`;
    const add = (id: string) => deliveries.add([{ id, data: { to: `${id}@example.com` } }]);
    try {
      for (const id of ['long ago', 'lately']) await add(id);
      await eventually('both are delivered', async () =>
        (await redis.zmscore(`${place}:completed`, 'long ago', 'lately')).every((score) => score !== null),
      );
      for (const [id, agoMs] of [
        ['long ago', hour + 1000],
        ['lately', hour - 60_000],
      ] as const) {
        const at = String(Date.now() - agoMs);
        await redis.hset(`${place}:${id}`, 'finishedOn', at);
        await redis.zadd(`${place}:completed`, at, id);
      }
      await deliveries.forgetOld();
      expect([await queue.getJob('long ago'), await queue.getJob('lately')]).toEqual([
        undefined,
        expect.objectContaining({ id: 'lately' }),
      ]);
      await add('lately');
      await add('long ago');
      await eventually('it is delivered again', () => delivered.length > 2);
      expect(delivered.toSorted()).toEqual(['lately', 'long ago', 'long ago']);
    } finally {
      await deliveries.close();
      await queue.close();
      worker.disconnect();
    }
  },
);

test('a delivery is queued once, waits for its time, and is late from then on', async () => {
  const worker = connectRedis({ kind: 'single', url }, 'worker', 'test');
  const delivered: string[] = [];
  const answer = Promise.withResolvers<void>();
  const deliveries = new DeliveryQueue<{ readonly to: string }>({
    name: mailQueueName,
    commands: redis,
    worker,
    logger: { debug: ignore, warn: ignore, error: ignore } as never,
    deliver: async ({ id, data: { to } }) => {
      delivered.push(`${id} to ${to}`);
      await answer.promise;
    },
    onOutcome: ignore,
  });
  try {
    await redis.flushall();
    expect([await deliveries.oldestDueMs(), await deliveries.backlog()]).toEqual([null, 0]);
    const fromMs = Date.now();
    const later = { id: 'later', data: { to: 'Ada' }, delayMs: hour };
    for (const to of ['Ada', 'Grace']) await deliveries.add([{ ...later, data: { to } }]);
    expect(await deliveries.backlog()).toBe(1);
    const due = (await deliveries.oldestDueMs()) ?? 0;
    expect(due).toBeGreaterThanOrEqual(fromMs + hour);
    expect(due).toBeLessThanOrEqual(Date.now() + hour);
    await deliveries.add([{ id: 'now', data: { to: 'Grace' } }]);
    await eventually('it is delivered', () => delivered.length === 1);
    // Until it is taken.
    expect(await deliveries.backlog()).toBe(2);
    expect(await deliveries.oldestDueMs()).toBeLessThanOrEqual(Date.now());
    answer.resolve();
    await eventually('one is left', async () => (await deliveries.backlog()) === 1);
    expect(await deliveries.oldestDueMs()).toBe(due);
    expect(delivered).toEqual(['now to Grace']);
  } finally {
    answer.resolve();
    await deliveries.close();
    worker.disconnect();
  }
});
