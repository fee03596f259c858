import type { RedisClient } from '@ravi/redis';
import { type Logger, Registry } from '@ravi/telemetry';
import type { IssuerConfig } from './config.ts';
import { openReadiness } from './readiness.ts';
import type { ServedQueues } from './served-queues.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('queues that are served only after this process came to disagree with others are paused from the start', async () => {
  let others: readonly string[] = ['joined'];
  const redis = { evalsha: async () => others, hdel: async () => 1 } as unknown as RedisClient;
  const config = { agreed: {}, queues: 1, adminPort: 0, adminBindAddress: '127.0.0.1' };
  const logger = { error: () => undefined, info: () => undefined } as unknown as Logger;
  const readiness = await openReadiness(config as unknown as IssuerConfig, {
    commands: redis,
    instance: 'this',
    logger,
    registry: new Registry(),
  });
  await readiness.membership.join();
  others = ['waiting', 'differs SECRET issuer that'];
  await jest.advanceTimersByTimeAsync(3_000);
  const done: string[] = [];
  const queues = { pause: () => done.push('pause'), resume: () => done.push('resume') };
  readiness.serve(queues as unknown as ServedQueues, { unreadyReason: () => null });
  expect(done).toEqual(['pause']);
  others = ['joined'];
  await jest.advanceTimersByTimeAsync(10_000);
  expect(done).toEqual(['pause', 'resume']);
  await readiness.membership.stop();
  await new Promise((resolve) => readiness.admin.close(resolve));
});
