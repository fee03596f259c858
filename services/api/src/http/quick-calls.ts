import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Middleware } from 'koa';
import { callOf, type Operation, type Surroundings } from './call.ts';
import { readPlainBody } from './plain-body.ts';
import { logProblem } from './problem-answer.ts';
import type { RequestObservers } from './request-observers.ts';
import type { WireFormat } from './wire-format.ts';

/** An operation with the wire format of its API. */
export interface QuickCall {
  /** The route of the same call in the router. */
  readonly route: string;
  readonly serve: Operation;
  readonly format: WireFormat;
}

/**
 * The application's first step: serves programs' calls with a plain body, which nearly all have, without router, parsers and
 * per-request state. Other requests go to the next step, which serves the same operations for every body format.
 */
export function answerQuickCalls(
  calls: ReadonlyMap<string | undefined, QuickCall>,
  surroundings: Surroundings,
  observers: RequestObservers,
): Middleware {
  return (ctx, next) => {
    const { req: request, res: response } = ctx;
    const call = request.method === 'POST' ? calls.get(request.url) : undefined;
    if (!call?.format.plainBody.fits(request.headers)) return next();
    ctx.respond = false;
    return answer(call, request, response, surroundings, observers);
  };
}

async function answer(
  { route, serve, format }: QuickCall,
  request: IncomingMessage,
  response: ServerResponse,
  surroundings: Surroundings,
  observers: RequestObservers,
): Promise<void> {
  const measure = observers.requests.begin('POST', route);
  const call = callOf(request, response, surroundings, measure);
  try {
    await serve(call, await readPlainBody(request, format.plainBody));
  } catch (error) {
    const problem = logProblem(error, call.requestId, observers);
    const { status, headers, body } = format.answerProblem(problem, call.requestId);
    // `no-store` is on every reply.
    const { 'cache-control': _, ...others } = headers;
    call.reply.send(status, JSON.stringify(body), ...Object.entries(others).flat());
  }
}
