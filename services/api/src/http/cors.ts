import type { Middleware } from 'koa';

/** The step of documents that hold nothing of anybody's: browsers may read them from every site. (Fetch standard, CORS) */
export function publicDocument(): Middleware {
  return async (ctx, next) => {
    ctx.set('Access-Control-Allow-Origin', '*');
    await next();
  };
}
