import { jwksMaxAgeSeconds, type PublicJwk, type PublishedKeys } from '@ravi/credentials';
import { isRedisUnavailable } from '@ravi/redis';
import { type Clock, isWithin } from '@ravi/runtime';
import type { Middleware } from 'koa';

/** How long the keys are served from memory: a new key is known everywhere within this time. */
const cacheMs = 1_000;

/** How long they are served while Redis is away: whoever checks tokens offline refuses all of them without keys. `@ravi/verify` keeps them as long. */
const staleMs = 3_600_000;

interface ReadKeys {
  readonly keys: readonly PublicJwk[];
  readonly readAtMs: number;
}

/** `GET /.well-known/jwks.json`: the public keys with which tokens verify. (RFC 7517 §5) */
export function jwks(publishedKeys: PublishedKeys, clock: Clock): Middleware {
  let cached: ReadKeys | undefined;
  const read = async (nowMs: number): Promise<ReadKeys> => {
    if (cached && isWithin(cacheMs, cached.readAtMs, nowMs)) return cached;
    try {
      return { keys: await publishedKeys.list(nowMs), readAtMs: nowMs };
    } catch (error) {
      if (cached && isRedisUnavailable(error) && isWithin(staleMs, cached.readAtMs, nowMs)) return cached;
      throw error;
    }
  };
  return async (ctx) => {
    cached = await read(clock.nowMs());
    ctx.body = { keys: cached.keys };
    ctx.set('Cache-Control', `public, max-age=${jwksMaxAgeSeconds}`);
  };
}
