import { jwksMaxAgeSeconds, type PublicJwk, type PublishedKeys } from '@ravi/credentials';
import { type Clock, isWithin } from '@ravi/runtime';
import type { Middleware } from 'koa';

/** How long the keys are served from memory: a new key is known everywhere within this time. */
const cacheMs = 1_000;

/** `GET /.well-known/jwks.json`: the public keys with which tokens verify. (RFC 7517 §5) */
export function jwks(publishedKeys: PublishedKeys, clock: Clock): Middleware {
  let cached: { readonly keys: readonly PublicJwk[]; readonly readAtMs: number } | undefined;
  return async (ctx) => {
    if (!cached || !isWithin(cacheMs, cached.readAtMs, clock.nowMs())) {
      cached = { keys: await publishedKeys.list(clock.nowMs()), readAtMs: clock.nowMs() };
    }
    ctx.body = { keys: cached.keys };
    ctx.set('Cache-Control', `public, max-age=${jwksMaxAgeSeconds}`);
  };
}
