import type { Server } from 'node:http';
import { hostname } from 'node:os';
import { Membership, type RedisClient } from '@ravi/redis';
import { type Logger, type Registry, startAdminServer } from '@ravi/telemetry';
import type { IssuerConfig } from './config.ts';
import type { ServedQueues } from './served-queues.ts';
import type { SigningKeys } from './signing-keys/signing-keys.ts';

export interface ReadinessDeps {
  readonly commands: RedisClient;
  readonly instance: string;
  readonly logger: Logger;
  readonly registry: Registry;
}

/** Whether this process serves, for itself and on the admin port. */
export interface Readiness {
  /** Serves `/livez`, `/readyz` and `/metrics`. */
  readonly admin: Server;
  readonly membership: Membership;
  /** From now on these queues are served, paused while this process disagrees with others. They and the keys tell whether it is ready. */
  serve(queues: ServedQueues, signingKeys: Pick<SigningKeys, 'unreadyReason'>): void;
}

/** Opens the admin port. Rejects with a sentence if it cannot listen there. */
export async function openReadiness(config: IssuerConfig, deps: ReadinessDeps): Promise<Readiness> {
  const { commands, instance, logger, registry } = deps;
  let queues: ServedQueues | undefined;
  let keys: Pick<SigningKeys, 'unreadyReason'> | undefined;
  const membership = new Membership(
    commands,
    { instance, service: 'issuer', host: hostname(), settings: config.agreed, queues: config.queues },
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
      unreadyReason: async () => {
        if (membership.disagreement !== null) return membership.disagreement;
        if (queues === undefined || keys === undefined) return 'Starting.';
        return keys.unreadyReason() ?? queues.unreadyReason();
      },
    },
    registry,
  );
  return {
    admin,
    membership,
    serve: (served, signingKeys) => {
      queues = served;
      keys = signingKeys;
      // It may have come to disagree since it joined, as in an outage.
      if (membership.disagreement !== null) served.pause();
    },
  };
}
