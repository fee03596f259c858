/** Sockets opened from one address; with many more, the kernel's search for a free port becomes the bottleneck. */
const socketsPerAddress = 4_000;

/** Hosts used of one /24 before its addresses are used again. */
const hostsPerNetwork = 254;

/**
 * The local addresses of sockets. One address has about 28,000 ports, and a used port is blocked for a minute (TIME_WAIT):
 * so connections to a loopback target come from many 127.x.y.z addresses, in a network that the last run did not use.
 */
export class SourceAddresses {
  readonly #network: string | null;
  #opened = 0;

  /** `network` is the /24 to use, such as `127.9.30`; null if the system chooses the address. */
  constructor(network: string | null) {
    this.#network = network;
  }

  /** The address for the next socket; undefined if the system chooses. */
  next(): string | undefined {
    if (this.#network === null) return undefined;
    const host = 1 + (Math.floor(this.#opened++ / socketsPerAddress) % hostsPerNetwork);
    return `${this.#network}.${host}`;
  }
}

/** A random first network for a run; process `index` of the run uses the one `index` further on. */
export function networkOf(run: number, index: number): string {
  const number = (run + index) % (254 * 256);
  return `127.${1 + Math.floor(number / 256)}.${number % 256}`;
}
