import type { Secret } from '@ravi/runtime';
import { RedisTls, type RedisTlsVariables } from './redis-tls.ts';
import { parseRedisUrl } from './redis-url.ts';

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** The Redis deployment: a single server, one behind Sentinels, or a Cluster. */
export type RedisTopology = {
  /** User, password, database and whether to use TLS; for a single server also where it is. */
  readonly url: string;
  readonly tls?: RedisTls;
} & (
  | { readonly kind: 'single' }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisNode[];
      readonly name: string;
      /** How the Sentinels themselves are reached; without it, without TLS and password. */
      readonly access?: SentinelAccess;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisNode[] }
);

/** How Sentinels are reached: they have users and passwords of their own. */
export interface SentinelAccess {
  readonly tls: boolean;
  readonly user?: string;
  readonly password?: Secret;
}

/** The settings about Redis. */
export interface RedisVariables extends RedisTlsVariables {
  /** Its user, password, database and TLS are used for Sentinel and Cluster too. */
  readonly REDIS_URL: string;
  readonly REDIS_CLUSTER_NODES?: readonly string[] | undefined;
  readonly REDIS_SENTINELS?: readonly string[] | undefined;
  readonly REDIS_SENTINEL_NAME: string;
  readonly REDIS_SENTINEL_USER?: string | undefined;
  readonly REDIS_SENTINEL_PASSWORD?: Secret | undefined;
  /** Without it, Sentinels use TLS if Redis does. */
  readonly REDIS_SENTINEL_TLS?: boolean | undefined;
}

/** Reads the topology and the files that it names. Throws a TypeError that names the wrong variable. */
export function parseTopology(variables: RedisVariables): RedisTopology {
  const { REDIS_URL: url, REDIS_CLUSTER_NODES: nodes, REDIS_SENTINELS: sentinels } = variables;
  const address = parseRedisUrl(url);
  if (nodes && sentinels) throw new TypeError('REDIS_CLUSTER_NODES, REDIS_SENTINELS: set only one of them');
  if (nodes && (address.db ?? 0) !== 0) throw new TypeError('REDIS_URL: a Cluster has database 0 alone');
  const access = sentinelAccess(variables, address.tls);
  if (!address.tls && !(sentinels && access.tls)) forbidTlsFiles(variables);
  const shared = { url, tls: new RedisTls(variables) };
  if (nodes) return { kind: 'cluster', nodes: parseNodes('REDIS_CLUSTER_NODES', nodes), ...shared };
  if (sentinels) {
    const name = variables.REDIS_SENTINEL_NAME;
    return { kind: 'sentinel', sentinels: parseNodes('REDIS_SENTINELS', sentinels), name, access, ...shared };
  }
  return { kind: 'single', ...shared };
}

/** Where Redis is, for a log: never with user or password. */
export function placeOf(topology: RedisTopology): string {
  switch (topology.kind) {
    case 'single':
      return listed([parseRedisUrl(topology.url)]);
    case 'sentinel':
      return `${topology.name} of the Sentinels ${listed(topology.sentinels)}`;
    case 'cluster':
      return listed(topology.nodes);
  }
}

const listed = (nodes: readonly RedisNode[]) => nodes.map(({ host, port }) => `${host}:${port}`).join(', ');

function sentinelAccess(variables: RedisVariables, redisUsesTls: boolean): SentinelAccess {
  const { REDIS_SENTINEL_USER: user, REDIS_SENTINEL_PASSWORD: password } = variables;
  return {
    tls: variables.REDIS_SENTINEL_TLS ?? redisUsesTls,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
  };
}

/** A setting that names certificates means TLS: a forgotten "s" must not send a password in plain text. */
function forbidTlsFiles(variables: RedisVariables): void {
  for (const name of ['REDIS_CA_FILE', 'REDIS_CERT_FILE', 'REDIS_KEY_FILE'] as const) {
    if (variables[name] !== undefined)
      throw new TypeError(`${name}: is for TLS; REDIS_URL must begin with rediss://`);
  }
}

function parseNodes(variable: string, entries: readonly string[]): RedisNode[] {
  return entries.map((entry) => {
    const match = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(entry);
    if (!match?.[1] || !match[2]) throw new TypeError(`${variable}: "${entry}" is not host:port`);
    return { host: match[1], port: Number(match[2]) };
  });
}
