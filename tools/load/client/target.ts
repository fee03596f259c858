/** The deployment under load: one api, or the load balancer before several. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** The value of the `Host` field. */
  readonly authority: string;
  /** Path before `/api/…`, without a trailing slash; usually empty. */
  readonly basePath: string;
  /** Whether it is on this machine. */
  readonly loopback: boolean;
}

/** Reads a target from its URL. Throws a TypeError that says what is wrong. */
export function parseTarget(url: string): Target {
  if (!URL.canParse(url)) throw new TypeError(`"${url}" is not a URL such as http://127.0.0.1:3000`);
  const { protocol, hostname, port, host, pathname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new TypeError(`"${url}" must start with http:// or https://`);
  const tls = protocol === 'https:';
  const address = hostname.replace(/^\[|\]$/g, '');
  return {
    // The address, because a look-up per socket would queue for four threads.
    host: address === 'localhost' ? '127.0.0.1' : address,
    port: Number(port === '' ? (tls ? 443 : 80) : port),
    tls,
    authority: host,
    basePath: pathname.replace(/\/+$/, ''),
    loopback: address === 'localhost' || address === '::1' || /^127(\.\d{1,3}){3}$/.test(address),
  };
}

/** The addresses of one deployment, used in turn: usually one, or each api if there is no load balancer. */
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

/** The same deployment at this address, whatever its name leads to: name and certificate stay those of its URL. */
export function atAddress(target: Target, address: string): Target {
  return { ...target, host: address };
}

/** Whether sockets to it may use any 127.x.y.z address: only Linux has all of them without configuration. */
export function takesLoopbackSources(target: Target): boolean {
  return process.platform === 'linux' && target.host.startsWith('127.');
}
