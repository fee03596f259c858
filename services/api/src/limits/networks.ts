import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { subjectDigest } from './event-limit.ts';

/** A network around an address. Its allowance is `times` that of one address. */
export interface Network {
  readonly name: string;
  readonly times: number;
}

/**
 * The networks that an address counts for, the narrowest first. A provider gives one subscriber an IPv6 /64, a /56 or a /48, and
 * a tenant of machines easily gets many addresses of one IPv4 /24: so each wider network has a few times the allowance, not
 * 65,536 times. It has more than one allowance because it may be many subscribers, such as the homes in a provider's /24.
 */
export function networksOf(address: string): readonly [Network, ...Network[]] {
  switch (isIP(address)) {
    case 4:
      return [
        { name: address, times: 1 },
        { name: `${address.slice(0, address.lastIndexOf('.'))}.0/24`, times: 16 },
      ];
    case 6:
      return [
        { name: ipv6Network(address, 64), times: 1 },
        { name: ipv6Network(address, 56), times: 4 },
        { name: ipv6Network(address, 48), times: 16 },
      ];
    default:
      return [{ name: address, times: 1 }];
  }
}

/** The same networks, each under the name by which Redis knows it. */
export function hashedNetworksOf(address: string, key: KeyObject): readonly Network[] {
  return networksOf(address).map(({ name, times }) => ({ name: subjectDigest(name, key), times }));
}

/** The widest network that an address counts for: its addresses share one turn in queues. */
export function widestNetworkOf(address: string): string {
  const networks = networksOf(address);
  return networks.at(-1)?.name ?? address;
}

/** Whether two addresses belong to one subscriber, judging by the addresses. All loopback addresses are one machine. */
export function sameNetwork(one: string, other: string): boolean {
  return (isLoopback(one) && isLoopback(other)) || networksOf(one)[0].name === networksOf(other)[0].name;
}

/** Whether an address is the machine's own: a program may use 127.0.0.1 and the browser ::1. (RFC 6890 §2.2) */
function isLoopback(address: string): boolean {
  return address === '::1' || /^127(?:\.\d{1,3}){3}$/.test(address);
}

/** The IPv6 network of this many bits, 64 at most, that an address is in, such as `2001:db8:1:200::/56`. */
function ipv6Network(address: string, bits: 48 | 56 | 64): string {
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
