import { Passwords } from '@ravi/accounts';
import { AuditLog } from '@ravi/audit';
import { isMintId } from '@ravi/credentials';
import type { ShutdownStep } from '@ravi/runtime';
import type { Tracing } from '@ravi/telemetry';
import { publishWakeup } from '@ravi/wakeups';
import { createAccess } from './access/index.ts';
import { createAccount } from './account/index.ts';
import type { ApiConfig } from './config.ts';
import type { Connections, ConnectionsDeps } from './connections.ts';
import { createDescription } from './description/index.ts';
import type { Feature } from './http/feature.ts';
import { openMailQueue } from './issuance/mail-queue.ts';
import { measureQueue } from './issuance/queue-metrics.ts';
import { openIssuanceQueue } from './issuance/queue.ts';
import { createLimits } from './limits/index.ts';
import { widestNetworkOf } from './limits/networks.ts';
import { createLogin, type Login } from './login/index.ts';
import { createApiMetrics } from './metrics.ts';
import { createPages } from './pages/index.ts';
import { createPeople } from './people/index.ts';
import { openStores } from './stores.ts';
import { createTokens } from './tokens/index.ts';

export interface FeaturesDeps extends ConnectionsDeps {
  readonly connections: Connections;
  /** Null where nothing is traced. */
  readonly tracing: Tracing | null;
}

/** The features, and what serves all of them. */
export interface Features {
  /** In the order in which the router looks: the busy ones come first. */
  readonly all: readonly Feature[];
  /** A wake-up arrived for this login or mint request. */
  readonly onWakeup: (id: string) => void;
  /** Wake-ups may have been lost. */
  readonly onGap: () => void;
  /** Requests of programs that are held now. */
  readonly heldNow: () => number;
  /** Starts to measure the queue; returns how to stop it. */
  measureQueue(): () => void;
  /** Answers the held requests and holds no more. */
  stopHolding(): void;
  /** What to do in order once no more requests are served. */
  readonly finishing: readonly ShutdownStep[];
  readonly writeAuditLog: ShutdownStep;
  readonly closeQueues: ShutdownStep;
}

/** Composes the features over the connections; they start when they are mounted. */
export function createFeatures(config: ApiConfig, deps: FeaturesDeps): Features {
  const { connections, instance, clock, logger, registry, tracing } = deps;
  const { redis, onUnavailable } = connections;
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
    networkOf: widestNetworkOf,
    clock,
    logger,
    registry,
  });
  const queue = openIssuanceQueue(redis, config.queues);
  const mailQueue = config.mail ? openMailQueue(redis) : null;
  const recordWrites = connections.recordWrites(() => metrics.recordUnreplicated());
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
    onUnavailable,
    tracing,
    wake: (waiter: string, loginId: string) => publishWakeup(redis, waiter, loginId),
  };
  const access = createAccess(shared);
  const people = createPeople({ ...shared, access });
  const tokens = createTokens({ ...shared, access });
  const login: Login = createLogin({ ...shared, access, people, tokens, metrics, settings: config });
  const account = createAccount({ ...shared, access, people, tokens });
  const all: readonly Feature[] = [
    login,
    tokens,
    account,
    people,
    createDescription(config),
    createPages(config),
  ];
  return {
    all,
    heldNow: () => login.heldNow,
    onWakeup: (id) => (isMintId(id) ? tokens.minting.onWakeup(id) : login.onWakeup(id)),
    onGap: () => login.onGap(),
    measureQueue: () => measureQueue(() => queue.state(), clock, registry),
    stopHolding: () => all.forEach((feature) => feature.stopHolding?.()),
    finishing: [
      ...all.map((feature) => ({ name: 'finish a feature', run: () => feature.close?.() })),
      { name: 'clear what ended', run: () => access.revocation.close() },
    ],
    writeAuditLog: { name: 'write the audit log', run: () => audit.close() },
    closeQueues: {
      name: 'close the queues',
      run: async () => {
        await Promise.all([queue.close(), mailQueue?.close()]);
      },
    },
  };
}
