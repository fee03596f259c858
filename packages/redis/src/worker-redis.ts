import { Cluster, Redis, type RedisOptions } from 'ioredis';

/**
 * How long a blocking read may be silent: BullMQ blocks for up to 10 s where jobs are delayed, and itself ends a read that
 * takes a second longer than it should.
 */
const blockingSilenceMs = 12_000;

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
    connectOnceEnded(blocking);
    return blocking;
  }
}

/**
 * Lets `connect` wait until a `disconnect` has ended. When a read fails amid a failover, BullMQ calls both in two places at the same
 * time, and one of them waits for that end: where it never came, the worker took no job any more.
 */
function connectOnceEnded(
  cluster: Pick<Cluster, 'connect' | 'disconnect' | 'nodes' | 'once' | 'status'>,
): void {
  const connect = cluster.connect.bind(cluster);
  const disconnect = cluster.disconnect.bind(cluster);
  let ending: Promise<void> | null = null;
  cluster.disconnect = (reconnect) => {
    // Without servers there is nothing that could end, unless an earlier call began it.
    if (!reconnect && cluster.nodes().length > 0) {
      ending ??= new Promise<void>((resolve) => void cluster.once('end', resolve)).finally(
        () => (ending = null),
      );
    }
    disconnect(reconnect);
  };
  cluster.connect = async () => {
    if (cluster.status === 'disconnecting') await ending;
    await connect();
  };
}
