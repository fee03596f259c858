import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Passwords } from '@ravi/accounts';
import { AuditLog } from '@ravi/audit';
import {
  ConfirmedWrites,
  connectRedis,
  Membership,
  startHeartbeat,
  unavailableReason,
  unavailableReasons,
  unconfirmedWrites,
  waitUntilReady,
  waitUntilUsable,
} from '@ravi/redis';
import {
  announceReady,
  boundPort,
  ConfigError,
  divideOpenFiles,
  onStopSignal,
  openFilesLimit,
  shutDown,
  systemClock,
} from '@ravi/runtime';
import {
  createRedisMetrics,
  Outages,
  startAdminServer,
  startTelemetry,
  startTracing,
  watchConnection,
} from '@ravi/telemetry';
import { publishWakeup, WakeupSubscriber } from '@ravi/wakeups';
import { createAccess } from './access/index.ts';
import { createAccount } from './account/index.ts';
import { createApp } from './app.ts';
import { type ApiConfig, parseConfig } from './config.ts';
import { createDescription } from './description/index.ts';
import { makeConnectionsDetachable } from './http/detachable-connection.ts';
import type { Feature } from './http/feature.ts';
import { closeServer, listen, warnOfDroppedConnections } from './http/server.ts';
import { RequestMetrics } from './http/request-metrics.ts';
import { openMailQueue } from './issuance/mail-queue.ts';
import { measureQueue } from './issuance/queue-metrics.ts';
import { openIssuanceQueue } from './issuance/queue.ts';
import { createLimits } from './limits/index.ts';
import { createLogin, type Login } from './login/index.ts';
import { createApiMetrics } from './metrics.ts';
import { createPeople } from './people/index.ts';
import { redisNeeds } from './redis-needs.ts';
import { openStores } from './stores.ts';
import { createTokens } from './tokens/index.ts';

/** The api's composition root: composes the features, starts them, and stops them in order. */
async function main(given: ApiConfig): Promise<void> {
  const openFiles = openFilesLimit();
  const files = divideOpenFiles(openFiles, given.maxHeldWaits);
  const config: ApiConfig = { ...given, maxHeldWaits: files.maxHeldWaits };
  const instance = randomUUID();
  const { logger, registry } = startTelemetry({
    service: 'api',
    instance: instance.slice(0, 8),
    level: config.logLevel,
  });
  if (files.maxHeldWaits < given.maxHeldWaits) {
    logger.warn(
      { openFiles, maxHeldWaits: files.maxHeldWaits },
      'the limit of open files is too low for MAX_HELD_WAITS: this process holds fewer',
    );
  }
  const clock = systemClock;
  const tracing = await startTracing({ ...config.traces, service: 'api', instance });
  const redisMetrics = createRedisMetrics(registry);
  const outages = new Outages({
    logger,
    registry,
    reasonOf: unavailableReason,
    reasons: unavailableReasons,
    effect: 'Redis cannot serve, and requests are answered 503',
  });
  const connect = (role: 'commands' | 'subscriber', name: string = role) => {
    const client = connectRedis(config.redisTopology, role, `ravi-api-${instance.slice(0, 8)}-${name}`);
    watchConnection(client, name, logger);
    redisMetrics.observe(client, name);
    return client;
  };
  const redis = connect('commands');
  const subscriberConnection = connect('subscriber');
  const { recordsReplicas } = config;
  const recordsConnection = recordsReplicas > 0 ? connect('commands', 'records') : redis;
  const connections = new Set([redis, subscriberConnection, recordsConnection]);
  await waitUntilUsable(redis, {
    topology: config.redisTopology,
    needs: redisNeeds(redis.isCluster, config.queues),
    production: config.production,
    clock,
    onFinding: ({ severity, sentence }) => logger[severity === 'notice' ? 'warn' : 'error'](sentence),
  });
  for (const client of connections) await waitUntilReady(client, 30_000, config.redisTopology);

  const metrics = createApiMetrics(
    registry,
    () => login.heldNow,
    () => login.watchedNow,
    config.maxHeldWaits,
  );
  const audit = new AuditLog({
    redis,
    enabled: config.auditEnabled,
    maxEvents: config.auditMaxEvents,
    maxPerAccount: config.auditMaxPerAccount,
    clock,
    logger,
    registry,
  });
  const queue = openIssuanceQueue(redis, config.queues);
  const mailQueue = config.mail ? openMailQueue(redis) : null;
  const recordWrites =
    recordsReplicas > 0
      ? new ConfirmedWrites({
          redis: recordsConnection,
          replicas: recordsReplicas,
          onUnreplicated: () => metrics.recordUnreplicated(),
        })
      : unconfirmedWrites(redis);
  /** The dependencies that features share: one name has one meaning in all of them. */
  const shared = {
    ...config,
    ...openStores(redis, recordWrites, config),
    ...createLimits({ ...config, redis, clock, logger, metrics }),
    redis,
    instance,
    clock,
    logger,
    audit,
    queue,
    mailQueue,
    passwords: new Passwords(),
    onUnavailable: outages.note,
    tracing,
    wake: (waiter: string, loginId: string) => publishWakeup(redis, waiter, loginId),
  };
  const access = createAccess(shared);
  const people = createPeople({ ...shared, access });
  const tokens = createTokens({ ...shared, access });
  const login: Login = createLogin({ ...shared, access, people, tokens, metrics, settings: config });
  const account = createAccount({ ...shared, access, people, tokens });
  const features: readonly Feature[] = [login, tokens, account, people, createDescription(config)];

  const wakeups = new WakeupSubscriber(subscriberConnection, instance, (message) =>
    publishWakeup(redis, instance, message),
  );
  await wakeups.listen({
    onWakeup: (id) => {
      login.onWakeup(id);
      tokens.minting.onWakeup(id);
    },
    onGap: () => login.onGap(),
    onDeaf: () => logger.warn('wake-ups do not arrive; subscribing again'),
  });
  const stopHeartbeats = [...new Set([redis, recordsConnection])].map((client) =>
    startHeartbeat(client, { onReply: (ms) => redisMetrics.answered(ms), onFailure: outages.note }),
  );
  // While the command connection is down, no login can be checked: check them all once it is back.
  redis.on('ready', () => login.onGap());

  const handle = createApp(features, config, {
    logger,
    requests: new RequestMetrics(registry),
    onUnavailable: outages.note,
  }).callback();
  const server = createServer({ connectionsCheckingInterval: 5_000 }, (request, response) => {
    void handle(request, response);
  });
  makeConnectionsDetachable(server);
  const membership = new Membership(
    redis,
    { instance: instance.slice(0, 8), service: 'api', settings: config.agreed, queues: config.queues },
    {
      onDisagreement: (sentence) => logger.error(sentence),
      onAgreement: () => logger.info('the settings agree with those of the other processes'),
    },
  );
  let stopping = false;
  const unreadyReason = async () => {
    if (stopping) return 'Stopping.';
    if (membership.disagreement !== null) return membership.disagreement;
    if (!server.listening) return 'Starting.';
    const isReady = [...connections].every(({ status }) => status === 'ready');
    return isReady ? null : 'Redis does not answer.';
  };
  const admin = await startAdminServer(
    { port: config.adminPort, address: config.adminBindAddress },
    { alive: () => true, unreadyReason },
    registry,
  );
  // With other settings than those in use, logins would get lost here: such a process does not even listen.
  await membership.join();
  await listen(server, { ...config, maxConnections: files.maxConnections });
  warnOfDroppedConnections(server, logger, clock);
  const stopMeasuring = measureQueue(() => queue.state(), clock, registry);
  const ports = { port: boundPort(server), adminPort: boundPort(admin) };
  logger.info({ ...ports, publicUrl: config.publicUrl }, 'api is up');
  announceReady(config.readyFile, ports);

  onStopSignal((signal) => {
    stopping = true;
    logger.info({ signal, held: login.heldNow }, 'stopping');
    const stopHolding = () => features.forEach((feature) => feature.stopHolding?.());
    const steps = [
      { name: 'stop accepting, answer held requests', run: () => closeServer(server, stopHolding) },
      ...features.map((feature) => ({ name: 'finish a feature', run: () => feature.close?.() })),
      { name: 'clear what ended', run: () => access.revocation.close() },
      { name: 'leave the other processes', run: () => membership.stop() },
      { name: 'write the audit log', run: () => audit.close() },
      { name: 'send the last traces', run: () => tracing?.close() },
      { name: 'stop measuring', run: stopMeasuring },
      { name: 'close the queues', run: () => Promise.all([queue.close(), mailQueue?.close()]) },
      {
        name: 'end the signs of life',
        run: () => [() => wakeups.stop(), ...stopHeartbeats].forEach((stop) => stop()),
      },
      { name: 'close the admin port', run: () => void admin.close() },
      {
        name: 'close redis',
        run: () => connections.forEach((client) => client.disconnect()),
      },
    ];
    const stop = async () => {
      // Not ready any more, and still serving: until the balancer has noticed.
      await pause(config.shutdownDelaySeconds * 1000);
      await shutDown(
        steps,
        { stepFailed: (step, error) => logger.error({ step, error }, 'stopping: a step failed') },
        config.shutdownSeconds * 1000,
      );
      logger.info('stopped');
      process.exit(0);
    };
    void stop();
  });
}

try {
  await main(parseConfig(process.env));
} catch (error) {
  const reason = error instanceof Error ? error.message : 'unknown reason';
  process.stderr.write(`The api cannot start. ${reason}\n`);
  process.exit(error instanceof ConfigError ? 78 : 1);
}
