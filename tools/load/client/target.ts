/** The deployment under load: one api, or the load balancer before several. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** What the `Host` field says. */
  readonly authority: string;
  /** Path before `/api/…`, without a trailing slash; mostly empty. */
  readonly basePath: string;
  /** Whether it is on this machine. */
  readonly loopback: boolean;
}

/** Reads a target from its URL. Throws a TypeError that says what is wrong with it. */
export function parseTarget(url: string): Target {
  if (!URL.canParse(url)) throw new TypeError(`"${url}" is not a URL such as http://127.0.0.1:3000`);
  const { protocol, hostname, port, host, pathname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new TypeError(`"${url}" must start with http:// or https://`);
  const tls = protocol === 'https:';
  const address = hostname.replace(/^\[|\]$/g, '');
  return {
    // Not by name: a lookup per socket would go through four threads.
    host: address === 'localhost' ? '127.0.0.1' : address,
    port: Number(port === '' ? (tls ? 443 : 80) : port),
    tls,
    authority: host,
    basePath: pathname.replace(/\/+$/, ''),
    loopback: address === 'localhost' || address === '::1' || /^127(\.\d{1,3}){3}$/.test(address),
  };
}

/** The doors of one deployment, used in turn: mostly one, or each api where no load balancer stands before them. */
export class Targets {
  readonly first: Target;
  readonly #all: readonly Target[];
  #turn = 0;

  constructor(first: Target, ...others: readonly Target[]) {
    this.first = first;
    this.#all = [first, ...others];
  }

  next(): Target {
    return this.#all[this.#turn++ % this.#all.length] ?? this.first;
  }
}

/** Whether sockets to it may come from any 127.x.y.z: only Linux has them all without setting up. */
export function takesLoopbackSources(target: Target): boolean {
  return process.platform === 'linux' && target.host.startsWith('127.');
}
