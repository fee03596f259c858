import { isIP } from 'node:net';
import { ipv6Network } from '../http/client-address.ts';

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

/** The widest network that an address counts for: its addresses share one turn in queues. */
export function widestNetworkOf(address: string): string {
  const networks = networksOf(address);
  return networks.at(-1)?.name ?? address;
}
