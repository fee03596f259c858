import type { IncomingMessage } from 'node:http';
import { isIP, SocketAddress } from 'node:net';
import type { Context } from 'koa';

/** The address that a request came from, as limits count it and people see it. */
export function clientAddress(ctx: Pick<Context, 'ip'>): string {
  // Sockets that take both families write IPv4 addresses in IPv6 form.
  return ctx.ip.replace(/^::ffff:(?=\d+\.)/, '');
}

/**
 * The address that a request came from: the socket's, or, behind `trustedProxyHops` of our proxies, the entry of the outermost
 * one in `X-Forwarded-For`. Entries before it can be forged.
 */
export function addressOf(request: IncomingMessage, trustedProxyHops: number): string {
  const forwarded = trustedProxyHops > 0 ? request.headers['x-forwarded-for'] : undefined;
  const outermost = forwarded === undefined ? '' : fromTheRight(String(forwarded), trustedProxyHops);
  const own = request.socket.remoteAddress ?? '';
  return clientAddress({ ip: (outermost && canonical(outermost)) || own });
}

/** An entry of a list with commas, counted from the right; the first one if there are fewer. Reads no further to the left. */
function fromTheRight(list: string, count: number): string {
  let end = list.length;
  for (let entry = 1; ; entry++) {
    const start = list.lastIndexOf(',', end - 1) + 1;
    if (entry === count || start === 0) return list.slice(start, end).trim();
    end = start - 1;
  }
}

/** The longest address that a proxy writes: IPv6 with brackets, a zone and a port. */
const maxWrittenLength = 80;

/** The one spelling of an address, without the brackets, port or zone that a proxy adds. Empty if it is no address. */
function canonical(written: string): string {
  if (written.length > maxWrittenLength) return '';
  const bare = /^\[([^\]]*)\]/.exec(written)?.[1] ?? written.replace(/^([\d.]+):\d+$/, '$1');
  const address = bare.replace(/%.*$/, '');
  switch (isIP(address)) {
    case 4:
      return address;
    case 6: {
      const { address: short } = new SocketAddress({ address, family: 'ipv6' });
      return short;
    }
    default:
      return '';
  }
}

/** Whether two addresses belong to one subscriber, judging by the addresses. All loopback addresses are one machine. */
export function sameNetwork(one: string, other: string): boolean {
  return (isLoopback(one) && isLoopback(other)) || addressForLimits(one) === addressForLimits(other);
}

/** Whether an address is the machine's own: a program may use 127.0.0.1 and the browser ::1. (RFC 6890 §2.2) */
function isLoopback(address: string): boolean {
  return address === '::1' || /^127(?:\.\d{1,3}){3}$/.test(address);
}

/** The unit that limits count as one address: an IPv4 address, or the /64 of one IPv6 subscriber. */
function addressForLimits(address: string): string {
  return address.includes(':') ? ipv6Network(address, 64) : address;
}

/** The IPv6 network of this many bits, 64 at most, that an address is in, such as `2001:db8:1:200::/56`. */
export function ipv6Network(address: string, bits: 48 | 56 | 64): string {
  const [head = '', tail = ''] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const missing = Math.max(0, 8 - before.length - after.length);
  const groups = address.includes('::') ? [...before, ...Array<string>(missing).fill('0'), ...after] : before;
  const own = groups.slice(0, Math.ceil(bits / 16)).map((group, index) => {
    const foreignBits = Math.min(16, Math.max(0, 16 * (index + 1) - bits));
    return ((Number.parseInt(group, 16) >> foreignBits) << foreignBits).toString(16);
  });
  return `${own.join(':')}::/${bits}`;
}
