import type { Context, Middleware } from 'koa';
import { readBody } from '../http/read-body.ts';
import { Problem } from '../http/problem.ts';

/** The parameters of a call. One without a value counts as absent. (RFC 6749 §3.2) */
export type Parameters = Readonly<Record<string, string | undefined>>;

/** Longest value that means anything to us. */
const maxLength = 4096;

/** Reads a form, the one kind of body that OAuth 2.0 knows. */
export function readForm(): Middleware {
  const read = readBody();
  return async (ctx, next) => {
    if (ctx.is('urlencoded') === false) {
      throw new Problem(
        'unsupported_media_type',
        'Send the parameters as application/x-www-form-urlencoded.',
      );
    }
    await read(ctx, next);
  };
}

/** The parameters of a form. Throws where one is repeated, nested or endless. (RFC 6749 §3.2) */
export function parametersOf(ctx: Pick<Context, 'request'>): Parameters {
  const entries = Object.entries((ctx.request.body ?? {}) as Readonly<Record<string, unknown>>);
  const parameters: Record<string, string> = Object.create(null);
  for (const [name, value] of entries) {
    if (typeof value !== 'string') {
      throw new Problem('invalid_request', 'Each parameter may be sent once, with a plain value.');
    }
    if (value.length > maxLength) throw new Problem('invalid_request', 'A parameter is too long.');
    if (value !== '') parameters[name] = value;
  }
  return parameters;
}

/** A parameter that must be there. */
export function required(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (value === undefined) throw new Problem('invalid_request', `${name} is required.`);
  return value;
}
