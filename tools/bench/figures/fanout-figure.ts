import { Product } from '../../load/stack/product.ts';
import { alternate } from '../alternating.ts';
import { drive } from '../drive.ts';
import { atLeast, type Effort, type Figure } from '../figure.ts';
import { FloorWorker } from '../floor-worker.ts';
import { startProgram } from '../program.ts';

/** Many programs wait and all are approved at once: logins a second of the whole product, the client included, on all cores. */
export async function fanoutFigure({ rounds, fanout }: Effort): Promise<Figure> {
  const product = await Product.onRedis();
  const redisUrl = product.redis.url;
  const floor = await FloorWorker.start('nothing', redisUrl, 1);
  const bareIssuer = await startProgram('floors/bare-issuer.ts', redisUrl, null);
  const bareApi = await startProgram('floors/bare-api.ts', redisUrl, null);
  try {
    await product.startIssuer();
    const api = await product.startApi();
    const loginsAt = (name: string, url: string) => ({
      name,
      measure: async () =>
        (await drive({ urls: [url], gauges: [] }, 'fanout', '--clients', String(fanout))).perSecond,
    });
    const [ours, noop, bare] = await alternate(
      [
        loginsAt('ours', api.url),
        { name: 'BullMQ worker that does nothing', measure: () => floor.jobsPerSecond(fanout) },
        loginsAt('our states on bare node:http', bareApi.url),
      ],
      rounds,
    );
    if (!ours || !noop || !bare) throw new Error('A contender was not measured.');
    return {
      title: `fan-out, ${fanout.toLocaleString('en')} waiting, all approved at once`,
      unit: 'logins/s',
      ours,
      others: [noop, bare],
      targets: [atLeast(ours, noop, 0.4)],
    };
  } finally {
    await Promise.all([floor.stop(), bareApi.server.stop(), bareIssuer.server.stop()]);
    await product.stop();
  }
}
