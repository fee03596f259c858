import { isIP } from 'node:net';
import { ipv6Network } from '../http/client-address.ts';

/** A network that an address is in, and how many times the allowance of one address all of it has. */
export interface Network {
  readonly name: string;
  readonly times: number;
}

/**
 * What an address counts as, the narrowest first. A provider gives one subscriber an IPv6 /64, a /56 or a /48, and whoever rents
 * machines easily gets many addresses of one IPv4 /24: each wider network has a few times the allowance, not 65,536 times.
 * It has more than once because it may be many subscribers after all, such as the homes in a provider's /24.
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

/** The widest network that an address counts as: those in it share what can be shared out but once. */
export function widestNetworkOf(address: string): string {
  const networks = networksOf(address);
  return networks.at(-1)?.name ?? address;
}
