import { Product } from '../../stack/product.ts';
import { alternate } from '../alternating.ts';
import { drive } from '../drive.ts';
import { atMost, type Effort, type Figure } from '../figure.ts';
import { FloorWorker } from '../floor-worker.ts';
import { median } from '../medians.ts';

/** Logins a second on the "idle" machine: each has all of it to itself. */
const rate = 25;

/** On the average, a client that polls every five seconds learns of its approval this late, in milliseconds. */
const pollingClientMs = 2_500;

/** From the approval to the answer, one login after the other. */
export async function latencyFigure({ rounds, idleLogins }: Effort): Promise<Figure> {
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
    const sooner = pollingClientMs / sent.median;
    return {
      title: 'approver’s request → answer received, idle machine, p50',
      unit: 'ms',
      ours: sent,
      others: [leased, noop],
      targets: [
        atMost(sent, noop, 2.5),
        {
          text: '≥ 100× sooner than a client that polls every 5 s (computed: 2.5 s on the average)',
          reached: sooner,
          met: sooner >= 100,
        },
      ],
    };
  } finally {
    await floor.stop();
    await product.stop();
  }
}
