import type { Logger } from '@ravi/telemetry';
import type { Context, Middleware } from 'koa';
import { oauthProblemAnswer } from '../tokens/oauth-problem.ts';
import { showProblemPage } from '../pages/problem-page.ts';
import { Problem } from './problem.ts';
import { addressOf } from './client-address.ts';
import { commonFields, newRequestId } from './common-headers.ts';
import { logProblem, problemAnswer } from './problem-answer.ts';

/** What every request has. */
export interface RequestState {
  /** Names the request in logs and in `X-Request-Id`. Made here, never taken from the client. */
  requestId: string;
}

/** What the outermost step needs. */
export interface RequestScopeDeps {
  readonly logger: Logger;
  readonly publicUrl: string;
  readonly trustedProxyHops: number;
}

/**
 * The outermost step: gives the request its id, and turns whatever is thrown into an answer, JSON for programs and a
 * page for people. What nobody foresaw is logged and answered 500, without a word of the cause.
 */
export function requestScope({
  logger,
  publicUrl,
  trustedProxyHops,
}: RequestScopeDeps): Middleware<RequestState> {
  return async (ctx, next) => {
    const requestId = newRequestId();
    ctx.state.requestId = requestId;
    ctx.request.ip = addressOf(ctx.req, trustedProxyHops);
    for (const [name, value] of commonFields(requestId, publicUrl)) ctx.res.setHeader(name, value);
    let form: AnswerForm = 'json';
    try {
      form = answerForm(readPath(ctx));
      await next();
      if (ctx.respond !== false && ctx.body === undefined)
        refuseUnanswered(ctx.status, ctx.response.get('Allow'));
    } catch (error) {
      const problem = logProblem(error, requestId, logger);
      if (form !== 'page') {
        const { status, headers, body } =
          form === 'oauth' ? oauthProblemAnswer(problem) : problemAnswer(problem, requestId);
        ctx.status = status;
        ctx.set(headers);
        ctx.body = body;
      } else {
        showProblemPage(ctx, problem, requestId);
      }
    }
  };
}

/** What no route answered: the router has set the status, and `Allow` where other methods are served. */
function refuseUnanswered(status: number, allow: string): void {
  if (status === 404) throw new Problem('not_found', 'There is nothing at this address.');
  if (status === 405 || status === 501) {
    throw new Problem('method_not_allowed', `This method is not served here. Use ${allow}.`);
  }
}

/** How problems are told: in our JSON, in that of OAuth 2.0, or on a page. */
type AnswerForm = 'json' | 'oauth' | 'page';

function answerForm(path: string): AnswerForm {
  if (/^\/oauth\//i.test(path)) return 'oauth';
  return /^\/(api|\.well-known)\//i.test(path) ? 'json' : 'page';
}

/** The path of the request; Koa throws where the target is no URL. */
function readPath(ctx: Pick<Context, 'path'>): string {
  try {
    return ctx.path;
  } catch (cause) {
    throw new Problem('invalid_request', 'The address is not a URL.', { cause });
  }
}
