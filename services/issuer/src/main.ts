import { randomUUID } from 'node:crypto';
import { PublishedKeys } from '@ravi/credentials';
import { ServiceRedis, unavailableReason, unavailableReasons } from '@ravi/redis';
import {
  announceReady,
  boundPort,
  onStopSignal,
  type ShutdownStep,
  startService,
  stopService,
  systemClock as clock,
} from '@ravi/runtime';
import { observeRedis, startTelemetry, startTracing, type Tracing } from '@ravi/telemetry';
import { type IssuerConfig, parseConfig } from './config.ts';
import { type Issuing, startIssuing } from './compose.ts';
import { openReadiness, type Readiness } from './readiness.ts';
import { redisNeeds } from './redis-needs.ts';
import { startSchedule } from './schedule.ts';
import { readKeySources } from './signing-keys/key-sources.ts';
import { SigningKeys } from './signing-keys/signing-keys.ts';

/** The issuer's composition root: composes the parts, starts them, and stops them in order. */
async function main(config: IssuerConfig): Promise<void> {
  const instance = randomUUID().slice(0, 8);
  const { logger, registry } = startTelemetry({ service: 'issuer', instance, level: config.logLevel });
  const tracing = await startTracing({ ...config.traces, service: 'issuer', instance, logger });
  const observer = observeRedis({
    logger,
    registry,
    reasonOf: unavailableReason,
    reasons: unavailableReasons,
    effect: 'Redis cannot serve, and jobs wait until it can',
  });
  const connections = new ServiceRedis({
    topology: config.redis,
    processName: `ravi-issuer-${instance}`,
    observer,
    clock,
  });
  const commands = connections.connect('commands');
  const worker = connections.connect('worker');
  const tellsOfUnused = config.deliveries.mail !== null && config.lifetimes.programsEndUnused;
  const needs = redisNeeds(commands.isCluster, config.queues, { tellsOfUnused });
  await connections.waitUntilUsable(commands, { needs, production: config.production, logger });

  const deps = { instance, clock, logger, registry, commands };
  const readiness = await openReadiness(config, deps);
  // With another SECRET than the one in use, it would end the logins that it takes.
  await readiness.membership.join();

  const published = new PublishedKeys(commands, '', config.lifetimes);
  const signingKeys = new SigningKeys({
    read: () => readKeySources(config.keySources),
    published,
    clock,
    logger,
  });
  // Published before the first token is signed, so that no verifier meets an unknown kid.
  await signingKeys.refresh();
  // One whose keys are all retired ends here, before it takes a job from those that can sign.
  signingKeys.current();

  const issuing = await startIssuing(config, {
    ...deps,
    worker,
    connectWebhook: () => connections.connect('worker', 'webhook'),
    signingKeys,
    tracing,
    onUnavailable: observer.onFailure,
  });
  readiness.serve(issuing.queues, signingKeys);
  const { membership } = readiness;
  const schedule = startSchedule(config, { ...deps, ...issuing, membership, published, signingKeys });
  // Jobs are taken from here on: what was taken is finished.
  onStopSignal((signal) => {
    logger.info({ signal }, 'stopping');
    schedule.stop();
    void stopService(stopSteps({ issuing, readiness, connections, tracing }), logger, config.shutdownSeconds);
  });
  connections.startHeartbeats([commands, worker]);
  await schedule.begun;

  const ports = { adminPort: boundPort(readiness.admin) };
  logger.info({ ...ports, kid: signingKeys.current().kid }, 'issuer is up');

  await issuing.queues.firstTaken();
  announceReady(config.readyFile, ports);
}

/** What runs in a process that serves. */
interface RunningIssuer {
  readonly issuing: Issuing;
  readonly readiness: Readiness;
  readonly connections: ServiceRedis;
  readonly tracing: Tracing | null;
}

function stopSteps({ issuing, readiness, connections, tracing }: RunningIssuer): readonly ShutdownStep[] {
  const { queues, deliveries, audit } = issuing;
  return [
    { name: 'finish jobs', run: () => queues.finish() },
    { name: 'leave the other processes', run: () => readiness.membership.stop() },
    { name: 'write the audit log', run: () => audit.close() },
    { name: 'finish deliveries', run: () => deliveries.stop() },
    { name: 'send the last traces', run: () => tracing?.close() },
    { name: 'close the queues', run: () => queues.close() },
    { name: 'close the admin port', run: () => void readiness.admin.close() },
    { name: 'end the signs of life', run: () => connections.stopHeartbeats() },
    { name: 'close redis', run: () => connections.disconnect() },
  ];
}

await startService('issuer', () => main(parseConfig(process.env)));
