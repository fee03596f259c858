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
    return super.duplicate<Options>(nodes, {
      ...options,
      redisOptions: { ...redisOptions, socketTimeout: blockingSilenceMs },
    } as Options);
  }
}
