import type { Context } from 'koa';
import type { Problem } from '../../http/problem.ts';
import type { OwnPasswordProblem } from './own-password-field.ts';

/** What was wrong with a person's own password, and tells the browser when to try again; undefined for any other refusal. */
export function passwordProblemIn(
  ctx: Context,
  { code, field, retryAfterSeconds }: Problem,
): OwnPasswordProblem | undefined {
  if (retryAfterSeconds !== undefined) ctx.set('Retry-After', String(retryAfterSeconds));
  if (code === 'rate_limited') return 'tooManyAttempts';
  return code === 'wrong_credentials' && field === undefined ? 'wrongPassword' : undefined;
}
