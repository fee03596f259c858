import type { Context } from 'koa';
import type { Problem, ProblemCode } from '../http/problem.ts';
import { messagePage, type MessageKind } from './message-page.ts';
import { carried } from './see-other.ts';
import { formToSendAgain } from './sent-again.ts';
import { pageTexts, showPage, showPageUncompressed } from './show-page.ts';

const kinds: Partial<Record<ProblemCode, MessageKind>> = {
  not_found: 'notFound',
  cross_site: 'crossSite',
  csrf: 'forbidden',
  rate_limited: 'tooMany',
  unavailable: 'unavailable',
};

/** Answers a person's request that cannot be served with a page that says what to do; null: a fault of ours. */
export function showProblemPage(ctx: Context, problem: Problem | null, requestId: string): void {
  const status = problem?.status ?? 500;
  const kind = problem === null ? 'internal' : kindOf(problem);
  const retryAfterSeconds = problem?.retryAfterSeconds;
  if (retryAfterSeconds !== undefined) ctx.set('Retry-After', String(retryAfterSeconds));
  // What cannot be had for a moment should cost nobody what they chose.
  const sentAgain = kind === 'unavailable' || kind === 'tooMany' ? formToSendAgain(ctx) : null;
  const input = {
    status,
    requestId,
    kind,
    ...carried(codeOf(ctx)),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
  const texts = pageTexts(ctx);
  if (sentAgain === null) showPage(ctx, status, messagePage(input, texts));
  else showPageUncompressed(ctx, status, messagePage({ ...input, sentAgain }, texts));
}

function kindOf({ code, reason }: Problem): MessageKind {
  return reason === 'no_cookie' ? 'noCookie' : (kinds[code] ?? 'badRequest');
}

/** The code that the request was about: of its form, or of its address. */
function codeOf(ctx: Context): unknown {
  const body: unknown = ctx.request.body;
  const posted =
    typeof body === 'object' && body !== null && 'user_code' in body ? body.user_code : undefined;
  return posted ?? ctx.query['user_code'];
}
