import type { Context } from 'koa';
import { Problem } from '../http/problem.ts';

/** A form that was refused: what its page tells of it, and with which status. */
export interface RefusedForm<Told> {
  readonly problem: Told;
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
}

/**
 * The refusal of a form, in the page's words for it; tells the browser when to try again. Rethrows an error that the page has no words for.
 */
export function refusedForm<Told>(
  ctx: Context,
  error: unknown,
  wordsFor: (refusal: Problem) => Told | undefined,
): RefusedForm<Told> {
  if (!(error instanceof Problem)) throw error;
  const problem = wordsFor(error);
  if (problem === undefined) throw error;
  const { status, retryAfterSeconds } = error;
  if (retryAfterSeconds !== undefined) ctx.set('Retry-After', String(retryAfterSeconds));
  return { problem, status, retryAfterSeconds };
}
