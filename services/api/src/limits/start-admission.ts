import { BlockList, isIP, isIPv6 } from 'node:net';
import { loadScript, type RedisClient, replyWords, runScript, UnexpectedReply } from '@ravi/redis';
import { Problem } from '../http/problem.ts';

const admitStart = loadScript(new URL('./lua/admit-start.lua', import.meta.url));

/** How finely the window is counted: what was started leaves it at most an eighth of it late. */
const slices = 8;

/** The counter of all addresses together. */
const total = 'total';

/** Subjects that a process remembers as refused at most. */
const maxRemembered = 10_000;

/** Why a start is refused, as the metric names it. */
export type StartRefusal = 'off' | 'network' | 'address' | 'total';

/** What operators may say about starts. */
export interface StartRules {
  /** Off: no login starts; those under way go on. */
  readonly deviceLogin: boolean;
  /** The networks from which logins may start; null for all. */
  readonly startNetworks: BlockList | null;
  /** Pending logins that one address may have, and all together. */
  readonly maxPendingPerAddress: number;
  readonly maxPendingLogins: number;
  /** A login is pending for at most this long, so that the starts in such a window bound the pending logins. */
  readonly deviceCodeTtlSeconds: number;
}

export interface StartAdmissionDeps extends StartRules {
  readonly redis: RedisClient;
  /** Whether starts are counted. */
  readonly enabled: boolean;
  readonly onRefused: (reason: StartRefusal) => void;
  readonly prefix?: string;
}

/**
 * Says who may start a login. The counters lie in Redis and hold across instances, over a sliding window, in one round trip;
 * who is refused is remembered in the process: a flood does not reach Redis.
 */
export class StartAdmission {
  readonly #deps: StartAdmissionDeps;
  readonly #refusedUntilMs = new Map<string, number>();

  constructor(deps: StartAdmissionDeps) {
    this.#deps = deps;
  }

  /** Admits one start of an address, counted for its subject, or throws a Problem. */
  async admit(address: string, subject: string): Promise<void> {
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
    if (enabled) await this.#count(subject);
  }

  async #count(subject: string): Promise<void> {
    for (const which of ['address', 'total'] as const) {
      const waitMs = (this.#refusedUntilMs.get(which === 'total' ? total : subject) ?? 0) - Date.now();
      if (waitMs > 0) throw this.#tooMany(which, waitMs);
    }
    const { redis, deviceCodeTtlSeconds, maxPendingPerAddress, maxPendingLogins, prefix = '' } = this.#deps;
    // One tag: both counters are in one Cluster slot, so that one script may look at them.
    const keys = [subject, total].map((name) => `${prefix}ravi:limit:{start}:${name}`);
    const windowMs = deviceCodeTtlSeconds * 1000;
    const reply = await runScript(
      redis,
      admitStart,
      keys,
      windowMs,
      slices,
      maxPendingPerAddress,
      maxPendingLogins,
    );
    const [word, which, retryAfterMs] = replyWords(reply);
    if (word === 'admitted') return;
    if (word !== 'refused') throw new UnexpectedReply(word);
    const waitMs = Number(retryAfterMs);
    this.#remember(which === 'total' ? total : subject, waitMs);
    throw this.#tooMany(which === 'total' ? 'total' : 'address', waitMs);
  }

  #remember(subject: string, waitMs: number): void {
    if (this.#refusedUntilMs.size >= maxRemembered) this.#refusedUntilMs.clear();
    this.#refusedUntilMs.set(subject, Date.now() + waitMs);
  }

  #tooMany(which: 'address' | 'total', waitMs: number): Problem {
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
    const sentence =
      which === 'address'
        ? 'Too many logins were started from this address.'
        : 'Too many logins were started lately.';
    const detail = `${sentence} Try again in ${retryAfterSeconds} s.`;
    return this.#refuse(which, new Problem('rate_limited', detail, { retryAfterSeconds }));
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
    const maxBits = family === 'ipv6' ? 128 : 32;
    const length = bits === undefined ? maxBits : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
    if (isIP(address) === 0 || length < 0 || length > maxBits || rest.length > 0) {
      throw new TypeError(`"${entry}" is no network such as 10.0.0.0/8 or 2001:db8::/32`);
    }
    networks.addSubnet(address, length, family);
  }
  return networks;
}
