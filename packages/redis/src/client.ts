import type { Cluster, Redis } from 'ioredis';

/** A connection to a single Redis, to a Sentinel's master, or to a Cluster. */
export type RedisClient = Redis | Cluster;
