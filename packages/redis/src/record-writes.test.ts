import type { RedisClient } from './client.ts';
import { ConfirmedWrites, NotReplicated } from './record-writes.ts';
import { eventually } from '../../../test/support/eventually.ts';

test('a write that comes while a wait for replicas is under way is waited for by the next one, which may find that they lack it', async () => {
  const waits: ((confirmed: number) => void)[] = [];
  const redis = {
    eval: async () => 'OK',
    wait: () => new Promise<number>((resolve) => waits.push(resolve)),
  } as unknown as RedisClient;
  const writes = new ConfirmedWrites({ redis, replicas: 1, onUnreplicated: () => undefined });
  const first = writes.replicated('record:1');
  await eventually('the wait is sent', () => waits.length === 1);
  const later = writes.replicated('record:2').catch((error: unknown) => error);
  waits[0]?.(1);
  await first;
  await eventually('another wait is sent', () => waits.length === 2, 5_000);
  waits[1]?.(0);
  expect(await later).toBeInstanceOf(NotReplicated);
});
