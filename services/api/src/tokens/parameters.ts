import type { Middleware } from 'koa';
import { Problem } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';

/** The parameters of a call, by name. One without a value counts as absent. (RFC 6749 §3.2) */
export type Parameters = Readonly<Record<string, string | undefined>>;

/** Longest value that means anything to us, in characters. A longer `token` is answered too, as far as a body goes: it is not one of ours. */
const maxLength = 4096;

/** Parameters that this server understands: these may be sent once. What it does not understand it ignores. */
const understood = new Set([
  'client_id',
  'client_secret',
  'grant_type',
  'device_code',
  'refresh_token',
  'scope',
  'resource',
  'token',
  'token_type_hint',
]);

/** Reads a form, the one kind of body that OAuth 2.0 knows. */
export function readForm(): Middleware {
  // Flat names, as the specification has them: a dot or a bracket means nothing.
  const read = readBody({ queryString: { allowDots: false, depth: 0, parseArrays: false } });
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

/**
 * The parameters of a form. Throws where one that is understood is repeated or endless; what is not understood is ignored.
 * (RFC 6749 §3.2)
 */
export function parametersOf(body: unknown): Parameters {
  const entries = Object.entries((body ?? {}) as Readonly<Record<string, unknown>>);
  const parameters: Record<string, string> = Object.create(null);
  for (const [name, value] of entries) {
    if (!understood.has(name)) continue;
    if (name === 'resource' && Array.isArray(value)) {
      // It alone may be sent several times. No URI has a blank. (RFC 8707 §2)
      parameters[name] = value.join(' ').trim();
      continue;
    }
    if (typeof value !== 'string') {
      throw new Problem('invalid_request', `${name} may be sent once, with a plain value.`, { field: name });
    }
    if (value.length > maxLength && name !== 'token') {
      throw new Problem('invalid_request', `${name} is too long.`, { field: name });
    }
    if (value !== '') parameters[name] = value;
  }
  return parameters;
}

/** A parameter that must be there. */
export function required(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (value === undefined) throw new Problem('invalid_request', `${name} is required.`, { field: name });
  return value;
}
