import { Product } from '../../load/stack/product.ts';
import { alternate } from '../alternating.ts';
import { drive } from '../drive.ts';
import { atLeast, type Effort, type Figure } from '../figure.ts';
import { FloorWorker } from '../floor-worker.ts';

/** Many programs wait and all are approved at once: logins a second of the whole product, the client included, on all cores. */
export async function fanoutFigure({ rounds, fanout }: Effort): Promise<Figure> {
  const product = await Product.onRedis();
  const floor = await FloorWorker.start('nothing', product.redis.url, 1);
  try {
    await product.startIssuer();
    const api = await product.startApi();
    const deployment = { urls: [api.url], gauges: [] } as const;
    const [ours, noop] = await alternate(
      [
        {
          name: 'ours',
          measure: async () => (await drive(deployment, 'fanout', '--clients', String(fanout))).perSecond,
        },
        { name: 'BullMQ worker that does nothing', measure: () => floor.jobsPerSecond(fanout) },
      ],
      rounds,
    );
    if (!ours || !noop) throw new Error('A contender was not measured.');
    return {
      title: `fan-out, ${fanout.toLocaleString('en')} waiting, all approved at once`,
      unit: 'logins/s',
      ours,
      others: [noop],
      targets: [atLeast(ours, noop, 0.4)],
    };
  } finally {
    await floor.stop();
    await product.stop();
  }
}
