import type { Context } from 'koa';

/**
 * The seconds for which a client asks to be held by `Prefer: wait=N`, at most the server's limit; says in the answer what it
 * gets. Undefined where it does not ask. (RFC 7240 §4.3)
 */
export function preferredWait(ctx: Pick<Context, 'get' | 'res'>, maxSeconds: number): number | undefined {
  const asked = /(?:^|[,;\s])wait=(\d{1,6})(?:$|[,;\s])/i.exec(ctx.get('Prefer'))?.[1];
  if (asked === undefined) return undefined;
  const granted = Math.min(Number(asked), maxSeconds);
  ctx.res.setHeader('Preference-Applied', `wait=${granted}`);
  return granted;
}
