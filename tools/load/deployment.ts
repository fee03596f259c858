import { LoadError } from './load-error.ts';
import type { FaultTarget } from './faults/fault.ts';
import { metricsGauge, readProcess, type ServerGauge } from './measuring/server-figures.ts';
import type { LoadOptions } from './options.ts';
import type { Deployment } from './run-load.ts';
import { Product } from './stack/product.ts';
import type { ServerProcess } from './stack/server-process.ts';

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

/** Memory and CPU of the process, also after it was started again. */
const gaugeOf =
  (server: ServerProcess): ServerGauge =>
  () =>
    Promise.resolve(readProcess(server.name, server.pid));

const targetOf = (server: ServerProcess): FaultTarget => ({
  name: server.name,
  kill: () => server.signal('SIGKILL'),
  restart: () => server.restart(),
  freeze: () => server.signal('SIGSTOP'),
  thaw: () => server.signal('SIGCONT'),
});

/** The named deployment, or a stack of our own, ready for load. */
export async function openDeployment(options: LoadOptions): Promise<OpenDeployment> {
  const metrics = await Promise.all(options.metricsUrls.map(answeringGauge));
  const named = options.metricsUrls.map((url) => ({ name: new URL(url).host, url }));
  if (options.url !== null)
    return { urls: [options.url], gauges: metrics, counted: named, close: () => Promise.resolve() };
  // What a fault loses shall be ours, not what Redis had put off.
  const product = await Product.onRedis(null, options.faults.length > 0 ? 'no' : 'everysec');
  try {
    const issuers = Array.from({ length: options.stack.issuers }, () => product.startIssuer());
    await Promise.all(issuers);
    const first = await product.startApi();
    const others = await Promise.all(
      Array.from({ length: options.stack.apis - 1 }, () => product.startApi()),
    );
    return {
      urls: [first.url, ...others.map(({ url }) => url)],
      gauges: [...product.servers.map(gaugeOf), ...metrics],
      counted: [...product.counted, ...named],
      faultTargets: product.servers.map(targetOf),
      close: () => product.stop(),
    };
  } catch (error) {
    await product.stop();
    throw error;
  }
}
