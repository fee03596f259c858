import { issuanceQueueName, issuanceQueuePrefix } from '@ravi/contract';
import { connectRedis } from '@ravi/redis';
import { Queue } from 'bullmq';
import { Product } from '../../load/stack/product.ts';
import { alternate } from '../alternating.ts';
import { approvedLogins } from '../approved-logins.ts';
import { limitCpu } from '../cpu-quota.ts';
import { drainPerSecond } from '../drain.ts';
import { atLeast, type Effort, type Figure } from '../figure.ts';
import { FloorWorker } from '../floor-worker.ts';

/** The share of a core for an issuer in the run that leaves cores free. */
const limitedShare = 0.3;

/** Logins a second that one and two issuer processes issue when all are in the queue already. */
export async function issuerFigures(effort: Effort): Promise<Figure[]> {
  const product = await Product.onRedis();
  const redis = connectRedis({ kind: 'single', url: product.redis.url }, 'commands', 'bench');
  redis.on('error', () => undefined);
  const queue = new Queue(issuanceQueueName, {
    connection: redis,
    prefix: issuanceQueuePrefix,
    skipMetasUpdate: true,
  });
  try {
    const api = await product.startApi();
    // As many come first, as warm-up: a fresh process runs its code slowly, and an issuer runs for weeks.
    const ours = (count: number) => async () => {
      const issuers = await Promise.all(Array.from({ length: count }, () => product.startIssuer()));
      await workOff(queue, api.url, effort.jobs);
      const perSecond = await workOff(queue, api.url, effort.jobs);
      await Promise.all(issuers.map((issuer) => issuer.stop()));
      return perSecond;
    };
    const limited = (count: number) => async () => {
      const issuers = await Promise.all(Array.from({ length: count }, () => product.startIssuer()));
      await workOff(queue, api.url, effort.jobs);
      const removals = issuers.map(({ pid }) => limitCpu(pid, limitedShare));
      const areLimited = removals.every((remove) => remove !== null);
      const perSecond = areLimited ? await workOff(queue, api.url, effort.jobs / 2) : Number.NaN;
      await Promise.all(issuers.map((issuer) => issuer.stop()));
      for (const remove of removals) remove?.();
      return perSecond;
    };
    const floor = (count: number) => async () => {
      const workers = await FloorWorker.start('sign', product.redis.url, count);
      await workers.drainRate(effort.jobs);
      const perSecond = await workers.drainRate(effort.jobs);
      await workers.stop();
      return perSecond;
    };
    const [one, two, floorOne, floorTwo, limitedOne, limitedTwo] = await alternate(
      [
        { name: 'ours', measure: ours(1) },
        { name: 'ours, 2 processes', measure: ours(2) },
        { name: 'BullMQ worker that signs two JWTs', measure: floor(1) },
        { name: 'BullMQ worker that signs two JWTs, 2 processes', measure: floor(2) },
        { name: `1 process of ${limitedShare} core`, measure: limited(1) },
        { name: 'ours', measure: limited(2) },
      ],
      effort.rounds,
    );
    if (!one || !two || !floorOne || !floorTwo || !limitedOne || !limitedTwo)
      throw new Error('A contender was not measured.');
    return [
      {
        title: 'issuer, 1 process',
        unit: 'logins/s',
        ours: one,
        others: [floorOne],
        targets: [atLeast(one, floorOne, 0.7)],
      },
      {
        title: 'issuer, 2 processes',
        unit: 'logins/s',
        ours: two,
        others: [floorTwo, { ...one, name: '1 process' }],
        targets: [atLeast(two, floorTwo, 0.7)],
      },
      // Two at full speed and Redis need more than two cores: limited, so that cores stay free.
      ...(Number.isNaN(limitedTwo.median)
        ? []
        : [
            {
              title: `issuer, 2 processes of ${limitedShare} core each, cores free`,
              unit: 'logins/s',
              ours: limitedTwo,
              others: [limitedOne],
              targets: [atLeast(limitedTwo, limitedOne, 1.6)],
            },
          ]),
    ];
  } finally {
    await queue.close();
    redis.disconnect();
    await product.stop();
  }
}

async function workOff(queue: Queue, apiUrl: string, logins: number): Promise<number> {
  await queue.pause();
  await approvedLogins(apiUrl, logins);
  await queue.resume();
  return drainPerSecond(queue, logins);
}
