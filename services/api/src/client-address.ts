import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';

/** The address that a request came from, as limits count it and humans are shown it. */
export function clientAddress(ctx: Pick<Context, 'ip'>): string {
  // Sockets that take both families write IPv4 addresses in IPv6 form.
  return ctx.ip.replace(/^::ffff:(?=\d+\.)/, '');
}

/**
 * The address that a request came from: the socket's, or, behind `trustedProxyHops` proxies of ours, what the outermost of
 * them wrote into `X-Forwarded-For`. What stands before that, anybody may have written.
 */
export function addressOf(request: IncomingMessage, trustedProxyHops: number): string {
  const forwarded = trustedProxyHops > 0 ? request.headers['x-forwarded-for'] : undefined;
  const [outermost] =
    forwarded === undefined
      ? []
      : String(forwarded)
          .split(/\s*,\s*/)
          .slice(-trustedProxyHops);
  return clientAddress({ ip: outermost || (request.socket.remoteAddress ?? '') });
}

/** Whether two addresses belong to one subscriber, as far as addresses tell. */
export function sameNetwork(one: string, other: string): boolean {
  return addressForLimits(one) === addressForLimits(other);
}

/** What counts as one address: an IPv4 address, or the /64 that one IPv6 subscriber has to itself. */
export function addressForLimits(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const missing = Math.max(0, 8 - before.length - after.length);
  const groups = address.includes('::') ? [...before, ...Array<string>(missing).fill('0'), ...after] : before;
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
