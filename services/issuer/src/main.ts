import { randomUUID } from 'node:crypto';
import { AccountStore } from '@ravi/accounts';
import { AuditLog } from '@ravi/audit';
import { GrantStore, MintStore, PublishedKeys } from '@ravi/credentials';
import { LoginStore } from '@ravi/device-login';
import {
  connectRedis,
  Membership,
  startHeartbeat,
  unavailableReason,
  unavailableReasons,
  waitUntilUsable,
} from '@ravi/redis';
import { announceReady, boundPort, ConfigError, onStopSignal, shutDown, systemClock } from '@ravi/runtime';
import {
  createRedisMetrics,
  Outages,
  startAdminServer,
  startTelemetry,
  startTracing,
  watchConnection,
} from '@ravi/telemetry';
import { publishWakeup, wakeupChannelForScripts } from '@ravi/wakeups';
import { backlogMetrics } from './backlog-metrics.ts';
import { type IssuerConfig, parseConfig } from './config.ts';
import { startDeliveries } from './deliveries/deliveries.ts';
import { issue } from './issue.ts';
import { createIssuerMetrics } from './metrics.ts';
import { mint } from './mint.ts';
import { redisNeeds } from './redis-needs.ts';
import { readKeySources } from './signing-keys/key-sources.ts';
import { ServedQueues } from './served-queues.ts';
import { SigningKeys } from './signing-keys/signing-keys.ts';

/** How often a probe job is added. */
const probeIntervalMs = 3_000;

/** How often the slow figures of the metrics are read from Redis. */
const backlogIntervalMs = 5_000;

/** How often the issuer reads its signing keys again, and learns which one is active. */
const keysIntervalMs = 2_000;

/** The issuer's composition root: wires the parts, starts them, and stops them in order. */
async function main(config: IssuerConfig): Promise<void> {
  const instance = randomUUID().slice(0, 8);
  const { logger, registry } = startTelemetry({ service: 'issuer', instance, level: config.logLevel });
  const metrics = createIssuerMetrics(registry);
  const tracing = await startTracing({ ...config.traces, service: 'issuer', instance });
  const redisMetrics = createRedisMetrics(registry);
  const outages = new Outages({
    logger,
    registry,
    reasonOf: unavailableReason,
    reasons: unavailableReasons,
    effect: 'Redis cannot serve, and jobs wait until it can',
  });

  const connect = (role: 'commands' | 'worker', name: string = role) => {
    const client = connectRedis(config.redis, role, `ravi-issuer-${instance}-${name}`);
    watchConnection(client, name, logger);
    redisMetrics.observe(client, name);
    return client;
  };
  const commands = connect('commands');
  const workerConnection = connect('worker');
  await waitUntilUsable(commands, {
    topology: config.redis,
    needs: redisNeeds(commands.isCluster, config.queues),
    production: config.production,
    clock: systemClock,
    onFinding: ({ severity, sentence }) => logger[severity === 'notice' ? 'warn' : 'error'](sentence),
  });

  let queues: ServedQueues | undefined;
  const membership = new Membership(
    commands,
    { instance, service: 'issuer', settings: config.agreed, queues: config.queues },
    {
      onDisagreement: (sentence) => {
        logger.error(sentence);
        queues?.pause();
      },
      onAgreement: () => {
        logger.info('the settings agree with those of the other processes');
        queues?.resume();
      },
    },
  );
  const admin = await startAdminServer(
    { port: config.adminPort, address: config.adminBindAddress },
    {
      alive: () => queues?.stuck() !== true,
      unreadyReason: async () =>
        membership.disagreement ?? (queues === undefined ? 'Starting.' : queues.unreadyReason()),
    },
    registry,
  );
  // With another SECRET than the one in use, it would end the logins that it takes.
  await membership.join();

  const published = new PublishedKeys(commands, '', config.lifetimes);
  const signingKeys = new SigningKeys({
    read: () => readKeySources(config.keySources),
    published,
    clock: systemClock,
    logger,
  });
  // Published before the first token is signed, so that no verifier meets an unknown kid.
  await signingKeys.refresh();

  const audit = new AuditLog({
    redis: commands,
    enabled: config.audit,
    maxEvents: config.auditMaxEvents,
    maxPerAccount: config.auditMaxPerAccount,
    clock: systemClock,
    logger,
    registry,
  });
  const wakeupChannel = wakeupChannelForScripts(commands);
  const minting = {
    wakeupChannel,
    signingKey: signingKeys.current,
    serviceKeys: config.keys,
    issuer: config.publicUrl,
    lifetimes: config.lifetimes,
    clock: systemClock,
  };
  const accounts = new AccountStore(commands);
  const grants = new GrantStore(commands);
  const deliveries = await startDeliveries({
    settings: config.deliveries,
    commands,
    worker: workerConnection,
    connect: () => connect('worker', 'webhook'),
    accounts,
    grants,
    lifetimes: config.lifetimes,
    clock: systemClock,
    publicUrl: config.publicUrl,
    instance,
    logger,
    registry,
  });
  const issueDeps = {
    ...minting,
    audit,
    logins: new LoginStore(commands),
  };
  const mintDeps = {
    ...minting,
    mints: new MintStore(commands),
    grants,
    refreshGraceMs: config.refreshGraceSeconds * 1000,
  };
  const served = new ServedQueues({
    commands,
    instance,
    onProbeFailure: outages.note,
    connection: workerConnection,
    concurrency: config.concurrency,
    logger,
    issuing: () => {
      const deps = { ...issueDeps, owners: accounts.readOnce() };
      return (loginId, userId) => issue(deps, loginId, userId);
    },
    onIssued: (loginId, login) => deliveries.approved(loginId, login),
    mint: (mintId) => mint(mintDeps, mintId),
    wake: (waiter, id) => publishWakeup(commands, waiter, id),
    onOutcome: (outcome) => metrics.outcome(outcome),
    onRetry: (error) => {
      metrics.retried();
      outages.note(error);
    },
    tracing,
  });

  queues = served;
  const probe = async (): Promise<void> => {
    // The one queue of releases before several, and of processes that are to come, too.
    served.serve(new Set([1, ...membership.queueCounts]));
    await served.probe(membership.disagreement === null);
    if (served.stuck()) {
      logger.fatal('no job was taken for a minute although Redis answers; exiting, to be restarted');
      process.exit(1);
    }
  };
  const measureBacklog = backlogMetrics({
    redis: commands,
    published,
    oldestDeliveries: () => deliveries.oldest(),
    clock: systemClock,
    registry,
    auditMaxEvents: config.auditMaxEvents,
  });
  const timers = [
    setInterval(() => void measureBacklog(), backlogIntervalMs),
    setInterval(() => void probe(), probeIntervalMs),
    setInterval(() => void signingKeys.refresh().catch(() => undefined), keysIntervalMs),
  ];
  const stopHeartbeats = [commands, workerConnection].map((client) =>
    startHeartbeat(client, { onReply: (ms) => redisMetrics.answered(ms), onFailure: outages.note }),
  );
  await Promise.all([probe(), measureBacklog()]);

  const ports = { adminPort: boundPort(admin) };
  logger.info({ ...ports, kid: signingKeys.current().kid }, 'issuer is up');

  onStopSignal((signal) => {
    logger.info({ signal }, 'stopping');
    for (const timer of timers) clearInterval(timer);
    void shutDown(
      [
        { name: 'finish jobs', run: () => served.finish() },
        { name: 'leave the other processes', run: () => membership.stop() },
        { name: 'write the audit log', run: () => audit.close() },
        { name: 'finish deliveries', run: () => deliveries.stop() },
        { name: 'send the last traces', run: () => tracing?.close() },
        { name: 'close the queues', run: () => served.close() },
        { name: 'close the admin port', run: () => void admin.close() },
        { name: 'end the signs of life', run: () => stopHeartbeats.forEach((stop) => stop()) },
        {
          name: 'close redis',
          run: () => [commands, workerConnection].forEach((client) => client.disconnect()),
        },
      ],
      { stepFailed: (step, error) => logger.error({ step, error }, 'stopping: a step failed') },
      config.shutdownSeconds * 1000,
    ).then(() => {
      logger.info('stopped');
      process.exit(0);
    });
  });

  await served.firstTaken();
  announceReady(config.readyFile, ports);
}

try {
  await main(parseConfig(process.env));
} catch (error) {
  const reason = error instanceof Error ? error.message : 'unknown reason';
  process.stderr.write(`The issuer cannot start. ${reason}\n`);
  process.exit(error instanceof ConfigError ? 78 : 1);
}
