import type { IncomingHttpHeaders } from 'node:http';
import type { Middleware, ParameterizedContext } from 'koa';
import { clientAddress } from './client-address.ts';
import type { RequestState } from './request-scope.ts';
import { Reply } from './reply.ts';

/** One call of a login, of a program's or an approver's, whichever front took it. */
export interface DeviceCall {
  readonly requestId: string;
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
  readonly reply: Reply;
}

/** Serves a call: answers through its reply, now or later. Throws, with nothing sent, what the front turns into an answer. */
export type DeviceOperation = (call: DeviceCall, body: unknown) => Promise<void>;

/** The call that a Koa context is about. What serves it sets `ctx.respond = false` once it has answered, or holds it. */
export function deviceCallOf(ctx: ParameterizedContext<RequestState>): DeviceCall {
  const fields = Object.entries(ctx.res.getHeaders()).flatMap(([name, value]) => [name, String(value)]);
  return {
    requestId: ctx.state.requestId,
    address: clientAddress(ctx),
    headers: ctx.headers,
    reply: new Reply(ctx.res, fields),
  };
}

/** An operation as a route of the Koa application, which takes every form of body. */
export function throughKoa(serve: DeviceOperation): Middleware<RequestState> {
  return async (ctx) => {
    await serve(deviceCallOf(ctx), ctx.request.body);
    // Answered, or held beyond the life of this context.
    ctx.respond = false;
  };
}
