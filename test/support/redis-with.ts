import type { RedisClient } from '@ravi/redis';

/** A method of a client, as a test stands in for it: `real` is the client's own. */
type StandIn = (args: readonly unknown[], real: () => Promise<unknown>) => Promise<unknown>;

/** A client whose methods of these names are the test's, and all others its own. */
export function redisWith(redis: RedisClient, standIns: Readonly<Record<string, StandIn>>): RedisClient {
  return new Proxy(redis, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const standIn = typeof name === 'string' ? standIns[name] : undefined;
      const call = async (...args: unknown[]) => (await member.apply(target, args)) as unknown;
      return standIn === undefined
        ? (member.bind(target) as unknown)
        : (...args: unknown[]) => standIn(args, () => call(...args));
    },
  });
}
