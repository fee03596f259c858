/** One host and port of a Redis process. */
export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** Where the Redis is: a single server, one behind Sentinels, or a Cluster. */
export type RedisTopology =
  | { readonly kind: 'single'; readonly url: string }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisNode[];
      readonly name: string;
      readonly url: string;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisNode[]; readonly url: string };

/** What the environment may say about Redis. */
export interface RedisVariables {
  /** `redis://` or `rediss://`; user, password, database and TLS of it hold for Sentinel and Cluster too. */
  readonly url: string;
  /** `host:port,host:port`: use a Cluster. */
  readonly clusterNodes?: readonly string[] | undefined;
  /** `host:port,host:port`: ask these Sentinels. */
  readonly sentinels?: readonly string[] | undefined;
  /** The master's name at the Sentinels. */
  readonly sentinelName: string;
}

/** Reads the topology. Throws a TypeError that names the variable at fault. */
export function parseTopology(variables: RedisVariables): RedisTopology {
  if (!/^rediss?:\/\//.test(variables.url) || !URL.canParse(variables.url)) {
    throw new TypeError('REDIS_URL: must be a URL such as redis://127.0.0.1:6379');
  }
  if (variables.clusterNodes && variables.sentinels) {
    throw new TypeError('REDIS_CLUSTER_NODES, REDIS_SENTINELS: set only one of them');
  }
  if (variables.clusterNodes) {
    return {
      kind: 'cluster',
      nodes: parseNodes('REDIS_CLUSTER_NODES', variables.clusterNodes),
      url: variables.url,
    };
  }
  if (variables.sentinels) {
    const sentinels = parseNodes('REDIS_SENTINELS', variables.sentinels);
    return { kind: 'sentinel', sentinels, name: variables.sentinelName, url: variables.url };
  }
  return { kind: 'single', url: variables.url };
}

function parseNodes(variable: string, entries: readonly string[]): RedisNode[] {
  return entries.map((entry) => {
    const match = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(entry);
    if (!match?.[1] || !match[2]) throw new TypeError(`${variable}: "${entry}" is not host:port`);
    return { host: match[1], port: Number(match[2]) };
  });
}
