import { Cluster, Redis, type RedisOptions } from 'ioredis';

/** How long a blocking read may be silent: one takes up to 2 s, and BullMQ itself ends one that takes a second longer than it should. */
const blockingSilenceMs = 4_000;

/** A worker's connection. Its duplicates, on which BullMQ reads blockingly, may be silent for longer. */
export class WorkerRedis extends Redis {
  override duplicate<Options extends Partial<RedisOptions> | undefined = undefined>(options?: Options) {
    return super.duplicate<Options>({ ...options, socketTimeout: blockingSilenceMs } as Options);
  }
}

/** The same for a Cluster. */
export class WorkerCluster extends Cluster {
  override duplicate<Options extends Parameters<Cluster['duplicate']>[1] = undefined>(
    nodes?: ConstructorParameters<typeof Cluster>[0],
    options?: Options,
  ) {
    const redisOptions = { ...this.options.redisOptions, ...options?.redisOptions };
    const blocking = super.duplicate<Options>(nodes, {
      ...options,
      redisOptions: { ...redisOptions, socketTimeout: blockingSilenceMs },
    } as Options);
    settleConnecting(blocking);
    return blocking;
  }
}

/**
 * Lets `connect` begin only when a `disconnect` before it has ended, and settle when the Cluster is ready, whichever attempt that
 * takes. BullMQ connects anew when a read is late, as amid a failover, and waits for both. Without this the end of one of the old
 * connections can stop the new attempt, a connection that is opened again meanwhile never reports its end, and one whose first
 * attempt found the Cluster down never settles: the worker would take no more jobs.
 */
export function settleConnecting(
  cluster: Pick<Cluster, 'connect' | 'disconnect' | 'nodes' | 'off' | 'once' | 'status'>,
): void {
  const connect = cluster.connect.bind(cluster);
  const disconnect = cluster.disconnect.bind(cluster);
  let ending: Promise<unknown> = Promise.resolve();
  cluster.disconnect = (reconnect) => {
    if (!reconnect) {
      const ends = cluster
        .nodes()
        .map((node) => new Promise<void>((resolve) => void node.once('end', resolve)));
      ending = Promise.all([ending, ...ends]).then(() => {
        // Each connection that ends after the first one takes the status back.
        if (cluster.status === 'close') cluster.status = 'end';
      });
    }
    disconnect(reconnect);
  };
  cluster.connect = async () => {
    await ending;
    const later = Promise.withResolvers<void>();
    const onEnd = () => later.reject(new Error('Connection is closed.'));
    cluster.once('ready', later.resolve);
    cluster.once('end', onEnd);
    try {
      await Promise.race([connect(), later.promise]);
    } finally {
      cluster.off('ready', later.resolve);
      cluster.off('end', onEnd);
    }
  };
}
