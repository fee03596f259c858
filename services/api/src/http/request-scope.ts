import type { Context, Middleware } from 'koa';
import { commonHeaders, requestIdOf, type Surroundings, traceparentOf } from './call.ts';
import { addressOf } from './client-address.ts';
import { matchedRoute } from './matched-route.ts';
import { logProblem, problemAnswer } from './problem-answer.ts';
import { Problem } from './problem.ts';
import type { RequestObservers } from './request-observers.ts';
import type { RequestState } from './request-state.ts';
import type { WireFormat } from './wire-format.ts';

/** How to answer problems outside the JSON API. */
export interface ProblemForms {
  /** For OAuth 2.0 clients. */
  readonly oauth: WireFormat['answerProblem'];
  /** For people: answers with a page. */
  readonly page: (ctx: Context, problem: Problem | null, requestId: string) => void;
}

/**
 * The step around the router: gives the request its id, and turns every thrown error into an answer, JSON for programs and
 * a page for people. Unexpected errors are logged and answered 500, without their cause.
 */
export function requestScope(
  { publicUrl, trustedProxyHops }: Surroundings,
  observers: RequestObservers,
  forms: ProblemForms,
): Middleware<RequestState> {
  return async (ctx, next) => {
    const requestId = requestIdOf(ctx.headers, trustedProxyHops);
    ctx.state.requestId = requestId;
    ctx.state.traceparent = traceparentOf(ctx.headers, trustedProxyHops);
    const measure = observers.requests.begin(ctx.method);
    ctx.state.measure = measure;
    ctx.request.ip = addressOf(ctx.req, trustedProxyHops);
    const common = commonHeaders(requestId, publicUrl);
    for (let at = 0; at < common.length; at += 2) ctx.res.setHeader(common[at] ?? '', common[at + 1] ?? '');
    let form: ProblemForm = 'json';
    try {
      form = problemForm(readPath(ctx));
      await next();
      if (ctx.respond !== false && ctx.body === undefined)
        refuseUnanswered(ctx.status, ctx.response.get('Allow'));
    } catch (error) {
      const problem = logProblem(error, requestId, observers);
      if (form === 'page') forms.page(ctx, problem, requestId);
      else {
        const answerProblem = form === 'oauth' ? forms.oauth : problemAnswer;
        const { status, headers, body } = answerProblem(problem, requestId);
        ctx.status = status;
        ctx.set(headers);
        ctx.body = body;
      }
    }
    // A call that answers through its own `Reply` is measured there.
    if (ctx.respond === false) return;
    measure.route = matchedRoute(ctx) ?? measure.route;
    measure.answered(ctx.status);
  };
}

/** Refuses a request that no route answered. The router has set the status, and `Allow` if the path has other methods. */
function refuseUnanswered(status: number, allow: string): void {
  if (status === 404) throw new Problem('not_found', 'There is nothing at this address.');
  if (status === 405)
    throw new Problem('method_not_allowed', `This method is not served here. Use ${allow}.`);
}

type ProblemForm = 'json' | keyof ProblemForms;

function problemForm(path: string): ProblemForm {
  if (/^\/oauth\//i.test(path)) return 'oauth';
  return /^\/(api|\.well-known)\//i.test(path) ? 'json' : 'page';
}

/** The path of the request. Throws 400 if the target is no URL: then Koa throws. */
function readPath(ctx: Pick<Context, 'path'>): string {
  try {
    return ctx.path;
  } catch (cause) {
    throw new Problem('invalid_request', 'The address is not a URL.', { cause });
  }
}
