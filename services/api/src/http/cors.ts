import type { Middleware } from 'koa';

/** The step for documents that contain nothing private: pages of every site may read them. (Fetch standard, CORS) */
export function publicDocument(): Middleware {
  return async (ctx, next) => {
    ctx.set('Access-Control-Allow-Origin', '*');
    await next();
  };
}
