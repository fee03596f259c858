import { setImmediate } from 'node:timers/promises';
import type { AuditRecord } from '@ravi/audit';
import type { RedisClient } from '@ravi/redis';
import type { Logger } from '@ravi/telemetry';
import { AuditConsumer } from './audit-consumer.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import { eventually } from '../../../../test/support/eventually.ts';

test('events count as delivered only once they are queued: those that the queue refuses stay for the next issuer', async () => {
  const done: string[] = [];
  const unread = ['refused', 'taken'];
  let stopped: Promise<void> | undefined;
  const redis = {
    xgroup: async () => 'OK',
    xautoclaim: async () => ['0-0', []],
    xreadgroup: async () => {
      const id = unread.shift();
      if (id !== undefined)
        return [['log', [[id, ['event', JSON.stringify({ id, at: '', event: 'signed_up' })]]]]];
      stopped ??= consumer.stop();
      return null;
    },
    xack: async (_key: string, _group: string, position: string) => void done.push(`${position} counts`),
  } as unknown as RedisClient;
  const queue = {
    backlog: async () => 0,
    add: async ([{ id }]: readonly [{ readonly id: string }]) => {
      await setImmediate();
      if (id === 'refused') throw new Error('Redis is away.');
      done.push(`${id} is queued`);
    },
  } as unknown as DeliveryQueue<AuditRecord>;
  const logger = { debug: () => undefined } as unknown as Logger;
  const consumer = new AuditConsumer({ redis, queue, events: null, logger });
  await consumer.start();
  await eventually('all is read', () => stopped !== undefined);
  await stopped;
  expect(done).toEqual(['taken is queued', 'taken counts']);
});

test('events that another issuer left are looked for each five seconds that pass, whatever the machine’s clock is set to', async () => {
  let steadyMs = 100;
  let looks = 0;
  const reads: (() => void)[] = [];
  const redis = {
    xgroup: async () => 'OK',
    xautoclaim: async () => {
      looks++;
      return ['0-0', []];
    },
    xreadgroup: () => new Promise((resolve) => reads.push(() => resolve(null))),
  } as unknown as RedisClient;
  const queue = { backlog: async () => 0 } as unknown as DeliveryQueue<AuditRecord>;
  const logger = { debug: () => undefined } as unknown as Logger;
  const consumer = new AuditConsumer({ redis, queue, events: null, logger }, { nowMs: () => steadyMs });
  /** The read ends that was under way, and the next one begins. */
  const readOn = async () => {
    reads.shift()?.();
    while (reads.length === 0) await setImmediate();
  };
  await consumer.start();
  await readOn();
  await readOn();
  expect(looks).toBe(1);
  steadyMs += 4_999;
  await readOn();
  expect(looks).toBe(1);
  steadyMs += 1;
  await readOn();
  expect(looks).toBe(2);
  const stopped = consumer.stop();
  reads.shift()?.();
  await stopped;
});
