/** One host and port of a Redis process. */
export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** The Redis deployment: a single server, one behind Sentinels, or a Cluster. */
export type RedisTopology =
  | { readonly kind: 'single'; readonly url: string }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisNode[];
      readonly name: string;
      readonly url: string;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisNode[]; readonly url: string };

/** The settings about Redis. */
export interface RedisVariables {
  /** Its user, password, database and TLS are used for Sentinel and Cluster too. */
  readonly REDIS_URL: string;
  readonly REDIS_CLUSTER_NODES?: readonly string[] | undefined;
  readonly REDIS_SENTINELS?: readonly string[] | undefined;
  readonly REDIS_SENTINEL_NAME: string;
}

/** Reads the topology. Throws a TypeError that names the wrong variable. */
export function parseTopology(variables: RedisVariables): RedisTopology {
  const { REDIS_URL: url, REDIS_CLUSTER_NODES: nodes, REDIS_SENTINELS: sentinels } = variables;
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    throw new TypeError('REDIS_URL: must be a URL such as redis://127.0.0.1:6379');
  }
  if (nodes && sentinels) throw new TypeError('REDIS_CLUSTER_NODES, REDIS_SENTINELS: set only one of them');
  if (nodes) return { kind: 'cluster', nodes: parseNodes('REDIS_CLUSTER_NODES', nodes), url };
  if (sentinels) {
    const name = variables.REDIS_SENTINEL_NAME;
    return { kind: 'sentinel', sentinels: parseNodes('REDIS_SENTINELS', sentinels), name, url };
  }
  return { kind: 'single', url };
}

function parseNodes(variable: string, entries: readonly string[]): RedisNode[] {
  return entries.map((entry) => {
    const match = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(entry);
    if (!match?.[1] || !match[2]) throw new TypeError(`${variable}: "${entry}" is not host:port`);
    return { host: match[1], port: Number(match[2]) };
  });
}
