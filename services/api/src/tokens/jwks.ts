import { jwksMaxAgeSeconds, type PublicJwk, type PublishedKeys } from '@ravi/credentials';
import { isRedisUnavailable } from '@ravi/redis';
import { type Clock, isWithin } from '@ravi/runtime';
import type { Middleware } from 'koa';

/** How long the keys are served from memory: a new key is known everywhere within this time. */
const cacheMs = 1_000;

/** How long they are served while Redis is away: whoever checks tokens offline refuses all of them without keys. `@ravi/verify` keeps them as long. */
const staleMs = 3_600_000;

/**
 * `GET /.well-known/jwks.json`: the public keys with which tokens verify. From memory come those that this api read last, also to check a
 * token: nobody may have asked for the keys here since they were rotated. (RFC 7517 §5)
 */
export function jwks(publishedKeys: PublishedKeys, clock: Clock): Middleware {
  const read = async (nowMs: number): Promise<readonly PublicJwk[]> => {
    const listedWithin = (ms: number): readonly PublicJwk[] | null => {
      const last = publishedKeys.lastListed;
      return last !== null && isWithin(ms, last.readAtMs, nowMs) ? last.keys : null;
    };
    try {
      return listedWithin(cacheMs) ?? (await publishedKeys.list(nowMs));
    } catch (error) {
      const last = isRedisUnavailable(error) ? listedWithin(staleMs) : null;
      if (last === null) throw error;
      return last;
    }
  };
  return async (ctx) => {
    ctx.body = { keys: await read(clock.nowMs()) };
    ctx.set('Cache-Control', `public, max-age=${jwksMaxAgeSeconds}`);
  };
}
