import type { Server } from 'node:http';
import { hostname } from 'node:os';
import { Membership } from '@ravi/redis';
import { type Registry, startAdminServer } from '@ravi/telemetry';
import type { ApiConfig } from './config.ts';
import type { Connections, ConnectionsDeps } from './connections.ts';

export interface ReadinessDeps extends Pick<ConnectionsDeps, 'instance' | 'logger'> {
  readonly registry: Registry;
  readonly connections: Connections;
  /** The server of the public port. */
  readonly server: Server;
}

/** Whether this process serves, for itself and on the admin port. */
export interface Readiness {
  /** Serves `/livez`, `/readyz` and `/metrics`. */
  readonly admin: Server;
  /** Resolves once this process agrees with the others on all settings: with other ones than those in use, logins would get lost here. */
  join(): Promise<void>;
  /** Not ready from now on, so that the balancer sends no more requests. */
  stopping(): void;
  /** Tells the other processes that this one goes. */
  leave(): Promise<void>;
}

/** Opens the admin port. Rejects with a sentence if it cannot listen there. */
export async function openReadiness(config: ApiConfig, deps: ReadinessDeps): Promise<Readiness> {
  const { instance, logger, registry, connections, server } = deps;
  const membership = new Membership(
    connections.redis,
    {
      instance: instance.slice(0, 8),
      service: 'api',
      host: hostname(),
      settings: config.agreed,
      queues: config.queues,
    },
    {
      onDisagreement: (sentence) => logger.error(sentence),
      onAgreement: () => logger.info('the settings agree with those of the other processes'),
    },
  );
  let isStopping = false;
  const unreadyReason = async () => {
    if (isStopping) return 'Stopping.';
    if (membership.disagreement !== null) return membership.disagreement;
    if (!server.listening) return 'Starting.';
    return connections.isReady() ? null : 'Redis does not answer.';
  };
  const admin = await startAdminServer(
    { port: config.adminPort, address: config.adminBindAddress },
    { alive: () => true, unreadyReason },
    registry,
  );
  return {
    admin,
    join: () => membership.join(),
    stopping: () => (isStopping = true),
    leave: () => membership.stop(),
  };
}
