/** A secret would travel to this address in the clear. */
export class UnencryptedAddress extends TypeError {
  /** Scheme, host and port. */
  readonly origin: string;

  /** `remedy`: how to allow it all the same. */
  constructor(origin: string, remedy = 'say allowHttp: true') {
    super(`${origin} is not encrypted, so tokens would travel in the clear: use https, or ${remedy}.`);
    this.origin = origin;
  }
}

/**
 * The address of a service without a slash at its end. Throws a TypeError where it is no address, and where it is `http://` on another
 * machine: codes and tokens would travel in the clear. `allowHttp` allows that.
 */
export function readServerAddress(text: string, allowHttp = false): string {
  const url = readHttpUrl(text, 'server');
  if (url.username !== '' || url.password !== '' || /[?#]/.test(url.href)) {
    throw new TypeError('server must be an address alone, without user name, query or fragment.');
  }
  requireEncryption(url, allowHttp);
  return url.href.replace(/\/+$/, '');
}

/** Throws `UnencryptedAddress` where a secret would travel to this address in the clear. */
export function requireEncryption(url: URL, allowHttp: boolean): void {
  if (!mayTravelTo(url, allowHttp)) throw new UnencryptedAddress(url.origin);
}

/** Whether secrets may travel to this address. */
export function mayTravelTo({ protocol, hostname }: URL, allowHttp: boolean): boolean {
  return protocol === 'https:' || allowHttp || isThisMachine(hostname);
}

/** An address of http or https. Throws a TypeError with its name where it is none. */
export function readHttpUrl(text: string, name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new TypeError(`${name} must be an address such as https://login.example.com.`);
}

function isThisMachine(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
