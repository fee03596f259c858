import type { ConnectionOptions } from 'node:tls';
import { Redis } from 'ioredis';
import type { RedisClient } from './client.ts';
import { accessOptions, sentinelConnection } from './connection-options.ts';
import { ServerConnector } from './connectors.ts';
import type { RedisTopology } from './topology.ts';

/** Keeps the last reason why a connection failed. */
export class FailureWatch {
  readonly #client: RedisClient;
  readonly #note: (error: Error & { readonly lastNodeError?: Error | null }) => void;
  #last: Error | null = null;

  /** `onFailure` is called for each failure. */
  constructor(client: RedisClient, onFailure: (error: Error) => void = () => undefined) {
    this.#client = client;
    this.#note = (error) => {
      // A Cluster gives the reason of a server beside its own.
      const reason = error.lastNodeError ?? error;
      // Each Sentinel says why before all of them are called unreachable: its reason stays.
      if (this.#last === null || !reason.message.startsWith('All sentinels are unreachable'))
        this.#last = reason;
      onFailure(reason);
    };
    for (const event of failureEvents) client.on(event, this.#note);
  }

  get last(): Error | null {
    return this.#last;
  }

  stop(): void {
    for (const event of failureEvents) this.#client.off(event, this.#note);
  }
}

/** The connection's own, that of a server of a Cluster, and that of a Sentinel. */
const failureEvents = ['error', 'node error', 'sentinelError'] as const;

/** Whether Redis knows who asks, and refuses: no later attempt will differ. */
export function isRefusal(error: Error): boolean {
  return /\b(WRONGPASS|NOAUTH|NOPERM)\b/.test(error.message);
}

/**
 * Asks the Sentinels or the nodes of a Cluster one by one why they cannot be reached: ioredis keeps that to itself. Null for a single
 * server, whose errors are known anyway, and if all of them answer.
 */
export async function askWhy(topology: RedisTopology): Promise<Error | null> {
  if (topology.kind === 'single') return null;
  const { nodes, options } =
    topology.kind === 'cluster'
      ? { nodes: topology.nodes, options: accessOptions(topology) }
      : { nodes: topology.sentinels, options: sentinelConnection(topology.access, topology.tls) };
  const reasons = await Promise.all(nodes.map(({ host, port }) => tryOnce({ ...options, host, port })));
  return reasons.find((reason) => reason !== null) ?? null;
}

interface ProbeOptions {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: ConnectionOptions;
}

async function tryOnce(options: ProbeOptions): Promise<Error | null> {
  const probe = new Redis({
    ...options,
    Connector: ServerConnector,
    protocol: 2,
    connectTimeout: 2_000,
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: null,
    socketTimeout: 2_000,
  });
  const watch = new FailureWatch(probe);
  try {
    await probe.connect();
    // One that failed has ended, and would keep a process for two seconds that has nothing else to do.
    probe.disconnect();
    return null;
  } catch (error) {
    return watch.last ?? (error instanceof Error ? error : null);
  }
}

/** Why Redis cannot be used, in a sentence that says what to do. */
export function explainFailure(error: (Error & { readonly code?: string }) | null): string {
  if (error === null) return 'It did not answer: start it, or set REDIS_URL.';
  const { message, code = '' } = error;
  const advice = advices.find(([pattern]) => pattern.test(`${code} ${message}`))?.[1];
  return `The last reason was: ${message.replace(/\.$/, '')}.${advice === undefined ? '' : ` ${advice}`}`;
}

const advices: readonly (readonly [RegExp, string])[] = [
  [
    /WRONGPASS|NOAUTH|invalid password/,
    'Look at user and password in REDIS_URL, for Sentinels in REDIS_SENTINEL_PASSWORD; characters such as / ? # % @ : are written percent-encoded in a URL.',
  ],
  [/ENOTFOUND|EAI_AGAIN/, 'Look at the name in REDIS_URL, REDIS_CLUSTER_NODES or REDIS_SENTINELS.'],
  [
    /ETIMEDOUT/,
    'Nothing answers there: look at address and firewalls. rediss:// is for a port where Redis speaks TLS.',
  ],
  [/ECONNREFUSED/, 'Start the stack (npm start) or Redis, or set REDIS_URL.'],
  [
    /SELF_SIGNED_CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/,
    'Set REDIS_CA_FILE to the certificate of the authority that signed the certificate of Redis.',
  ],
  [/ALTNAME_INVALID/, 'Use the name that is in the certificate of Redis.'],
  [
    /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/,
    'Redis wants a certificate: set REDIS_CERT_FILE and REDIS_KEY_FILE.',
  ],
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/,
    'Redis does not speak TLS at this port: rediss:// is for the TLS port.',
  ],
  [
    /ECONNRESET|Connection is closed|EPIPE/,
    'Redis ended the connection: for a TLS port REDIS_URL must begin with rediss://, and where Redis wants a certificate, set REDIS_CERT_FILE and REDIS_KEY_FILE.',
  ],
  [/invalid reply: null/, 'The Sentinels do not know this master: look at REDIS_SENTINEL_NAME.'],
];
