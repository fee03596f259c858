import type { RedisClient } from './client.ts';
import type { NeededCommand } from './command-check.ts';
import { type ConnectionRole, connectRedis } from './connect.ts';
import { type HeartbeatListener, startHeartbeat } from './heartbeat.ts';
import { placeOf, type RedisTopology } from './topology.ts';
import { waitUntilUsable } from './wait-until-usable.ts';

/** What a service tells of its connections. */
export interface RedisObserver extends Required<HeartbeatListener> {
  /** Observes a connection from now on; each has a name of its own. `place` says where its Redis is. */
  observe(client: RedisClient, name: string, place: string): void;
}

export interface ServiceRedisOptions {
  readonly topology: RedisTopology;
  /** Starts the names of the connections, by which Redis lists them. */
  readonly processName: string;
  readonly observer: RedisObserver;
  readonly clock: { nowMs(): number };
}

/** What is checked before a service starts. */
export interface StartCheck {
  /** The commands without which the service cannot work. */
  readonly needs: readonly NeededCommand[];
  readonly production: boolean;
  readonly logger: { warn(sentence: string): void; error(sentence: string): void };
}

/** The connections of one service to Redis, from its start to its end. */
export class ServiceRedis {
  readonly #options: ServiceRedisOptions;
  readonly #clients: RedisClient[] = [];
  #stopHeartbeats: readonly (() => void)[] = [];

  constructor(options: ServiceRedisOptions) {
    this.#options = options;
  }

  /** Opens a connection, which is observed from the start. */
  connect(role: ConnectionRole, name: string = role): RedisClient {
    const { topology, processName, observer } = this.#options;
    const client = connectRedis(topology, role, `${processName}-${name}`);
    observer.observe(client, name, placeOf(topology));
    this.#clients.push(client);
    return client;
  }

  /** Resolves when Redis can do all that the service needs, and logs what does not keep it from starting. Rejects as `waitUntilUsable` does. */
  async waitUntilUsable(client: RedisClient, { logger, ...check }: StartCheck): Promise<void> {
    await waitUntilUsable(client, {
      ...check,
      topology: this.#options.topology,
      clock: this.#options.clock,
      onFinding: ({ severity, sentence }) => logger[severity === 'notice' ? 'warn' : 'error'](sentence),
    });
  }

  get clients(): readonly RedisClient[] {
    return this.#clients;
  }

  /** Whether every connection takes commands. */
  get isReady(): boolean {
    return this.#clients.every(({ status }) => status === 'ready');
  }

  /** Asks these connections for signs of life until `stopHeartbeats`. */
  startHeartbeats(clients: Iterable<RedisClient>): void {
    const { clock, observer } = this.#options;
    this.#stopHeartbeats = [...new Set(clients)].map((client) => startHeartbeat(client, clock, observer));
  }

  stopHeartbeats(): void {
    this.#stopHeartbeats.forEach((stop) => stop());
  }

  /** Closes the connections at once. */
  disconnect(): void {
    this.#clients.forEach((client) => client.disconnect());
  }
}
