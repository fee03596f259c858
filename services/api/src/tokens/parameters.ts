import type { Middleware } from 'koa';
import { Problem } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';

/** The parameters of a call, by name. One without a value counts as absent. (RFC 6749 §3.2) */
export type Parameters = Readonly<Record<string, string | undefined>>;

/**
 * The longest value that can be one of ours, in characters. A longer `token` is answered like any unknown one, up to the limit of a
 * body.
 */
const maxLength = 4096;

/** The parameters that this server knows: each may be sent once. All others are ignored. */
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
  const read = readBody({ queryString: { depth: 0 } });
  return async (ctx, next) => {
    if (ctx.request.length !== 0 && ctx.is('urlencoded') === false) {
      throw new Problem(
        'unsupported_media_type',
        'Send the parameters as application/x-www-form-urlencoded.',
      );
    }
    await read(ctx, next);
  };
}

/** The parameters of a form. Throws 400 if a known one is repeated or too long. (RFC 6749 §3.2) */
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

/** The parameter of this name. Throws 400 if it is missing. */
export function required(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (value === undefined) throw new Problem('invalid_request', `${name} is required.`, { field: name });
  return value;
}
