import type { KeyObject } from 'node:crypto';
import { BlockList, isIP, isIPv6 } from 'node:net';
import type { RedisClient } from '@ravi/redis';
import { Problem } from '../http/problem.ts';
import { EventLimit } from './event-limit.ts';
import { limitKey } from './keyspace.ts';
import { hashedNetworksOf } from './networks.ts';

/** The name of all starts together. */
const total = 'total';

/** Why a start is refused, as the metric names it. */
export const startRefusals = ['off', 'network', 'address', 'total'] as const;
export type StartRefusal = (typeof startRefusals)[number];

/** The operator's rules for starts. */
export interface StartRules {
  /** Off: no login starts; those in progress continue. */
  readonly deviceLogin: boolean;
  /** The networks from which logins may start; null for all. */
  readonly startNetworks: BlockList | null;
  /** Maximum of pending logins for one address, and for all together. No network gets more than half of all. */
  readonly maxPendingPerAddress: number;
  readonly maxPendingLogins: number;
  /** A login is pending for at most this long, so that the starts in such a window bound the pending logins. */
  readonly deviceCodeTtlSeconds: number;
}

export interface StartAdmissionDeps extends StartRules {
  readonly redis: RedisClient;
  /** Hashes addresses, so that Redis does not hold them. */
  readonly addressKey: KeyObject;
  /** Off: starts are not counted; the other rules apply. */
  readonly enabled: boolean;
  readonly onRefused: (reason: StartRefusal) => void;
  readonly prefix?: string;
}

/**
 * Decides who may start a login. The counters are in Redis, for all instances, over a sliding window, in one round trip. A
 * process remembers refused addresses, so that a flood does not reach Redis.
 */
export class StartAdmission {
  readonly #deps: StartAdmissionDeps;
  readonly #events: EventLimit;

  constructor(deps: StartAdmissionDeps) {
    this.#deps = deps;
    const { redis, prefix = '', deviceCodeTtlSeconds: windowSeconds } = deps;
    this.#events = new EventLimit({ redis, name: limitKey('start', prefix), windowSeconds });
  }

  /** Admits one start. Throws a Problem if logins are switched off, for a foreign network, or for too many starts. */
  async admit(address: string): Promise<void> {
    const { deviceLogin, startNetworks, enabled } = this.#deps;
    if (!deviceLogin) {
      throw this.#refuse('off', new Problem('unavailable', 'New logins are switched off here.', later));
    }
    if (startNetworks && !inNetworks(startNetworks, address)) {
      throw this.#refuse(
        'network',
        new Problem('not_allowed_here', 'Logins cannot be started from this network.'),
      );
    }
    if (enabled) await this.#count(address);
  }

  async #count(address: string): Promise<void> {
    const { maxPendingPerAddress, maxPendingLogins, addressKey } = this.#deps;
    // No network may use more than half of the total.
    const share = Math.max(1, Math.floor(maxPendingLogins / 2));
    const admission = await this.#events.take([
      ...hashedNetworksOf(address, addressKey).map(({ name, times }) => ({
        name,
        max: Math.min(share, maxPendingPerAddress * times),
      })),
      { name: total, max: maxPendingLogins },
    ]);
    if (admission.kind === 'refused') throw this.#tooMany(admission.by, admission.retryAfterMs);
  }

  #tooMany(by: string, waitMs: number): Problem {
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
    const sentence =
      by === total
        ? 'Too many logins were started lately.'
        : 'Too many logins were started from this address or network.';
    const detail = `${sentence} Try again in ${retryAfterSeconds} s.`;
    const reason = by === total ? 'total' : 'address';
    return this.#refuse(reason, new Problem('rate_limited', detail, { retryAfterSeconds }));
  }

  #refuse(reason: StartRefusal, problem: Problem): Problem {
    this.#deps.onRefused(reason);
    return problem;
  }
}

const later = { retryAfterSeconds: 300 };

function inNetworks(networks: BlockList, address: string): boolean {
  return isIP(address) !== 0 && networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Reads networks such as `10.0.0.0/8` and `2001:db8::/32`, and single addresses. Throws a TypeError that names the wrong one. */
export function parseNetworks(entries: readonly string[]): BlockList {
  const networks = new BlockList();
  for (const entry of entries) {
    const [address = '', bits, ...rest] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const max = family === 'ipv6' ? 128 : 32;
    const length = bits === undefined ? max : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
    if (isIP(address) === 0 || length < 0 || length > max || rest.length > 0) {
      throw new TypeError(`"${entry}" is no network such as 10.0.0.0/8 or 2001:db8::/32`);
    }
    networks.addSubnet(address, length, family);
  }
  return networks;
}
