import { randomUUID } from 'node:crypto';
import { Product } from '../../load/stack/product.ts';
import { type Course, coursesOf } from '../accepted-approvals.ts';
import { alternate } from '../alternating.ts';
import { atMost, type Effort, type Figure, type Target } from '../figure.ts';
import { FloorWorker } from '../floor-worker.ts';
import { type Measured, measured, median } from '../medians.ts';
import { startPeers } from '../peer.ts';
import { pollingDelay } from '../polling-client.ts';

/** Milliseconds between two logins on the "idle" machine, so that none disturbs another. */
const everyMs = 40;

/** From the approval to the answer, one login after the other. */
export async function latencyFigure({ rounds, idleLogins, peers, pollingLogins }: Effort): Promise<Figure> {
  const product = await Product.onRedis();
  const floor = await FloorWorker.start('nothing', product.redis.url, 1);
  try {
    const secret = randomUUID().repeat(2);
    const env = { SECRET: secret };
    await product.startIssuer({ env });
    const { url } = await product.startApi({ env });
    const open = { url, redisUrl: product.redis.url, secret };
    let courses: readonly Course[] = [];
    const [accepted, noop] = await alternate(
      [
        {
          name: 'ours',
          measure: async () => {
            const its = await coursesOf(open, idleLogins, everyMs);
            courses = [...courses, ...its];
            return median(its.map(({ acceptedMs, answeredMs }) => answeredMs - acceptedMs));
          },
        },
        {
          name: 'BullMQ job that does nothing + two Redis round trips',
          measure: async () =>
            median(await floor.jobAges(idleLogins, everyMs)) + 2 * median(await floor.roundTrips(idleLogins)),
        },
      ],
      rounds,
    );
    if (!accepted || !noop) throw new Error('A contender was not measured.');
    const fromRequest = measured('ours, from the approver’s request on', [
      median(courses.slice(idleLogins).map(({ answeredMs }) => answeredMs)),
    ]);
    const polled = peers ? await polledPeers(product.redis.url, pollingLogins) : [];
    return {
      title: 'approval accepted → answer received, idle machine, p50',
      unit: 'ms',
      ours: accepted,
      others: [fromRequest, noop, ...polled],
      targets: [atMost(accepted, noop, 2), ...polled.map((peer) => sooner(accepted, peer, 100))],
    };
  } finally {
    await floor.stop();
    await product.stop();
  }
}

/** The peers, each with clients that poll as RFC 8628 says; both at the same time, since they wait nearly all the time. */
async function polledPeers(redisUrl: string, logins: number): Promise<Measured[]> {
  const peers = await startPeers(redisUrl, null, 5);
  try {
    return await Promise.all(peers.map((peer) => pollingDelay(peer, logins)));
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
  }
}

function sooner(ours: Measured, other: Measured, min: number): Target {
  const reached = other.median / ours.median;
  return { text: `≥ ${min}× sooner than ${other.name}`, reached, met: reached >= min };
}
