import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Middleware, ParameterizedContext } from 'koa';
import { addressOf, clientAddress } from './client-address.ts';
import { matchedRoute } from './matched-route.ts';
import { Reply } from './reply.ts';
import type { RequestMeasure } from './request-metrics.ts';
import type { RequestState } from './request-state.ts';

/** One call of a program or of an approver's script, from the quick step or the router. */
export interface Call {
  readonly requestId: string;
  /** The trace to which a trusted proxy says that the request belongs; undefined without one. */
  readonly traceparent: string | undefined;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The client's address, as limits count it and people see it. */
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
  readonly reply: Reply;
}

/** Serves a call: answers through its reply, now or later. If it throws, nothing was sent, and the error becomes the answer. */
export type Operation = (call: Call, body: unknown) => Promise<void>;

/** What calls must know of the api's surroundings. */
export interface Surroundings {
  readonly publicUrl: string;
  readonly trustedProxyHops: number;
}

/** The call of a request that has no answer yet. */
export function callOf(
  request: IncomingMessage,
  response: ServerResponse,
  { publicUrl, trustedProxyHops }: Surroundings,
  measure: RequestMeasure,
): Call {
  const requestId = requestIdOf(request.headers, trustedProxyHops);
  return {
    requestId,
    traceparent: traceparentOf(request.headers, trustedProxyHops),
    method: request.method ?? '',
    path: request.url ?? '',
    address: addressOf(request, trustedProxyHops),
    headers: request.headers,
    reply: new Reply(response, commonHeaders(requestId, publicUrl), measure),
  };
}

/** An operation as a route, for every body format that the router's steps read. */
export function routed(serve: Operation): Middleware<RequestState> {
  return async (ctx) => {
    await serve(callOfContext(ctx), ctx.request.body);
    // Answered, or held beyond the life of this context.
    ctx.respond = false;
  };
}

function callOfContext(ctx: ParameterizedContext<RequestState>): Call {
  const { measure } = ctx.state;
  measure.route = matchedRoute(ctx) ?? measure.route;
  const headers = Object.entries(ctx.res.getHeaders()).flatMap(([name, value]) => [name, String(value)]);
  return {
    requestId: ctx.state.requestId,
    traceparent: ctx.state.traceparent,
    method: ctx.method,
    path: ctx.path,
    address: clientAddress(ctx),
    headers: ctx.headers,
    reply: new Reply(ctx.res, headers, measure),
  };
}

/** The id of a request, in logs and in `X-Request-Id`: taken from a trusted proxy, else new; never taken from the client. */
export function requestIdOf(headers: IncomingHttpHeaders, trustedProxyHops: number): string {
  const given = trustedProxyHops > 0 ? headers['x-request-id'] : undefined;
  return typeof given === 'string' && /^[\w.-]{8,128}$/.test(given) ? given : randomUUID();
}

/**
 * A version, two ids and flags; versions after 00 may say more. Ids of zeros, and version ff, are invalid. (W3C Trace Context §3.2.2, §3.2.4)
 */
const tracePattern = /^(?!ff|00.{54})[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?=-|$)/;

/** The trace to which a trusted proxy says that the request belongs, by its version, ids and flags. (W3C Trace Context §3.2) */
export function traceparentOf(headers: IncomingHttpHeaders, trustedProxyHops: number): string | undefined {
  const given = trustedProxyHops > 0 ? headers['traceparent'] : undefined;
  return typeof given === 'string' ? tracePattern.exec(given)?.[0] : undefined;
}

/** The headers of every answer: name, value, name, value. */
export function commonHeaders(requestId: string, publicUrl: string): string[] {
  const headers = ['X-Request-Id', requestId, 'X-Content-Type-Options', 'nosniff'];
  // Browsers must not connect without TLS again. (RFC 6797)
  if (publicUrl.startsWith('https://'))
    headers.push('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
  return headers;
}
