import { LoadError } from './load-error.ts';
import { metricsGauge, processGauge, type ServerGauge } from './measuring/server-figures.ts';
import type { LoadOptions } from './options.ts';
import type { Deployment } from './run-load.ts';
import { Product } from './stack/product.ts';

/** The deployment under load, and how to stop it. */
export interface OpenDeployment extends Deployment {
  close(): Promise<void>;
}

/** The gauge of a process by its metrics. Throws LoadError if it has none. */
async function answeringGauge(url: string): Promise<ServerGauge> {
  const gauge = metricsGauge(url);
  const figures = await gauge();
  if (figures === null || figures.rssBytes === 0)
    throw new LoadError(
      `--metrics: ${url} does not tell memory and CPU as Prometheus metrics; it is /metrics at a service's ADMIN_PORT.`,
    );
  return gauge;
}

/** The named deployment, or a stack of our own, ready for load. */
export async function openDeployment(options: LoadOptions): Promise<OpenDeployment> {
  const metrics = await Promise.all(options.metricsUrls.map(answeringGauge));
  if (options.url !== null) return { urls: [options.url], gauges: metrics, close: () => Promise.resolve() };
  const product = await Product.onRedis();
  try {
    const issuers = Array.from({ length: options.stack.issuers }, () => product.startIssuer());
    await Promise.all(issuers);
    const first = await product.startApi();
    const others = await Promise.all(
      Array.from({ length: options.stack.apis - 1 }, () => product.startApi()),
    );
    return {
      urls: [first.url, ...others.map(({ url }) => url)],
      gauges: [...product.servers.map(({ name, pid }) => processGauge(name, pid)), ...metrics],
      close: () => product.stop(),
    };
  } catch (error) {
    await product.stop();
    throw error;
  }
}
