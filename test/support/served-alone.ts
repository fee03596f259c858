import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import Koa, { type Middleware } from 'koa';
import { wordsOf } from './browser-visit.ts';

interface Asked {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly params?: Readonly<Record<string, string>>;
  readonly app?: Koa;
}

/** What a part of the api answers to a request from 192.0.2.9, without the rest of the api around it. */
export async function servedAlone(
  run: (ctx: never, next: () => Promise<void>) => unknown,
  { method = 'GET', url = '/', headers = {}, body = {}, params = {}, app = new Koa() }: Asked = {},
) {
  const message = new IncomingMessage(new Socket());
  Object.assign(message, { method, url, headers });
  const ctx = app.createContext(message, new ServerResponse(message));
  Object.assign(ctx.request, { body, ip: '192.0.2.9' });
  Object.assign(ctx, { params });
  Object.assign(ctx.state, { requestId: 'a request' });
  await (run as Middleware)(ctx, () => Promise.resolve());
  const page = typeof ctx.body === 'string' ? ctx.body : '';
  const header = (name: string) => ctx.response.get(name);
  return {
    status: ctx.status,
    location: header('Location'),
    header,
    body: ctx.body,
    page,
    words: wordsOf(page),
  };
}
