import { Product } from '../../stack/product.ts';
import { alternate } from '../alternating.ts';
import { drive } from '../drive.ts';
import { atMost, type Effort, type Figure, type Target } from '../figure.ts';
import { FloorWorker } from '../floor-worker.ts';
import { type Measured, median } from '../medians.ts';
import { startPeers } from '../peer.ts';
import { pollingDelay } from '../polling-client.ts';

/** Logins a second on the "idle" machine: each has all of it to itself. */
const rate = 25;

/** From the approval to the answer, one login after the other. */
export async function latencyFigure({ rounds, idleLogins, peers, pollingLogins }: Effort): Promise<Figure> {
  const product = await Product.onRedis();
  const floor = await FloorWorker.start('nothing', product.redis.url, 1);
  try {
    await product.startIssuer();
    const api = await product.startApi();
    const flags = [
      '--rate',
      String(rate),
      '--seconds',
      String(Math.ceil(idleLogins / rate)),
      '--connections',
      '2',
    ];
    const p50 = async (name: string) => {
      const { latencies } = await drive({ urls: [api.url], gauges: [] }, 'login', ...flags);
      return latencies[name]?.p50 ?? Number.NaN;
    };
    const [sent, leased, noop] = await alternate(
      [
        { name: 'ours', measure: () => p50('approval sent to answer') },
        {
          name: 'ours, from the approval in Redis until the api takes the result out',
          measure: () => p50('approved to answer, server'),
        },
        {
          name: 'BullMQ job that does nothing + two Redis round trips',
          measure: async () =>
            median(await floor.jobAges(idleLogins, 1000 / rate)) +
            2 * median(await floor.roundTrips(idleLogins)),
        },
      ],
      rounds,
    );
    if (!sent || !leased || !noop) throw new Error('A contender was not measured.');
    const polled = peers ? await polledPeers(product.redis.url, pollingLogins) : [];
    return {
      title: 'approver’s request → answer received, idle machine, p50',
      unit: 'ms',
      ours: sent,
      others: [leased, noop, ...polled],
      targets: [atMost(sent, noop, 2.5), ...polled.map((peer) => sooner(sent, peer, 100))],
    };
  } finally {
    await floor.stop();
    await product.stop();
  }
}

/** The peers, each with clients that poll as RFC 8628 says; both at the same time, since they mostly wait. */
async function polledPeers(redisUrl: string, logins: number): Promise<Measured[]> {
  const peers = await startPeers(redisUrl, null, 5);
  try {
    return await Promise.all(peers.map((peer) => pollingDelay(peer, logins)));
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
  }
}

function sooner(ours: Measured, other: Measured, least: number): Target {
  const reached = other.median / ours.median;
  return { text: `≥ ${least}× sooner than ${other.name}`, reached, met: reached >= least };
}
