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
