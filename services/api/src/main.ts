import { randomUUID } from 'node:crypto';
import { announceReady, boundPort, openFilesLimit, startService, systemClock as clock } from '@ravi/runtime';
import { type Logger, startTelemetry, startTracing } from '@ravi/telemetry';
import { publishWakeup, WakeupSubscriber } from '@ravi/wakeups';
import { createApp } from './app.ts';
import { type ApiConfig, parseConfig } from './config.ts';
import { type Connections, openConnections } from './connections.ts';
import { createFeatures, type Features } from './features.ts';
import { fitOpenFiles } from './fit-open-files.ts';
import { createDetachableServer } from './http/detachable-connection.ts';
import { RequestMetrics } from './http/request-metrics.ts';
import { listen, warnOfUnservedConnections } from './http/server.ts';
import { openReadiness } from './readiness.ts';
import { stopOnSignal } from './stop.ts';

/** The api's composition root: composes the features, starts them, and says when they serve. */
async function main(given: ApiConfig): Promise<void> {
  const instance = randomUUID();
  const { logger, registry } = startTelemetry({
    service: 'api',
    instance: instance.slice(0, 8),
    level: given.logLevel,
  });
  const { maxHeldWaits, maxConnections } = fitOpenFiles(openFilesLimit(), given, logger);
  const config: ApiConfig = { ...given, maxHeldWaits };
  const tracing = await startTracing({ ...config.traces, service: 'api', instance, logger });
  const deps = { instance, clock, logger, registry };
  const connections = await openConnections(config, deps);
  const features = createFeatures(config, { ...deps, connections, tracing });
  const wakeups = await listenForWakeups(instance, connections, features, logger);
  connections.startHeartbeats();

  const app = createApp(features.all, config, {
    logger,
    requests: new RequestMetrics(registry),
    onUnavailable: connections.onUnavailable,
  });
  const server = createDetachableServer(app.callback());
  const readiness = await openReadiness(config, { ...deps, connections, server });
  await readiness.join();
  await listen(server, { ...config, maxConnections });
  warnOfUnservedConnections(server, logger);
  const stopMeasuring = features.measureQueue();
  const ports = { port: boundPort(server), adminPort: boundPort(readiness.admin) };
  logger.info({ ...ports, publicUrl: config.publicUrl, maxHeldWaits }, 'api is up');
  announceReady(config.readyFile, ports);

  stopOnSignal({ server, readiness, features, wakeups, connections, tracing, logger, stopMeasuring }, config);
}

async function listenForWakeups(
  instance: string,
  { redis, subscriber }: Connections,
  features: Features,
  logger: Logger,
): Promise<WakeupSubscriber> {
  const wakeups = new WakeupSubscriber(subscriber, instance, (message) =>
    publishWakeup(redis, instance, message),
  );
  await wakeups.listen({
    onWakeup: features.onWakeup,
    onGap: features.onGap,
    onDeaf: () => logger.warn('wake-ups do not arrive; subscribing again'),
  });
  // While the command connection is down, no login can be checked: check them all once it is back.
  redis.on('ready', features.onGap);
  return wakeups;
}

await startService('api', () => main(parseConfig(process.env)));
