import Koa from 'koa';
import type { Surroundings } from './http/call.ts';
import type { Feature } from './http/feature.ts';
import { setQueryReader } from './http/query-reader.ts';
import { answerQuickCalls } from './http/quick-calls.ts';
import type { RequestObservers } from './http/request-observers.ts';
import { requestScope } from './http/request-scope.ts';
import type { RequestState } from './http/request-state.ts';
import { Routes } from './http/routes.ts';
import type { Look } from './pages/look.ts';
import { setLook } from './pages/page-texts.ts';
import { HostCookies } from './http/host-cookies.ts';
import { showProblemPage } from './pages/problem-page.ts';
import { oauthProblemAnswer } from './tokens/oauth-format.ts';

/**
 * Builds the one application that answers everything: the calls of programs in their plain form first, then the router for the rest.
 * The router looks in the order of the features: the busy ones come first.
 */
export function createApp(
  features: readonly Feature[],
  surroundings: Surroundings & { readonly look: Look },
  observers: RequestObservers,
): Koa<RequestState> {
  const routes = new Routes();
  for (const feature of features) feature.mount(routes);
  observers.requests.expect(routes.all);
  const app = new Koa<RequestState>({ env: 'production' });
  setQueryReader(app);
  setLook(app, { look: surroundings.look, cookies: new HostCookies(surroundings.publicUrl) });
  // Errors after our own error step: a connection that broke, as a stranger's may at any time, or a fault of ours.
  app.on('error', (error: unknown, { req }: Koa.Context) => {
    const { logger } = observers;
    if (req.socket.errored === error) logger.debug({ error }, 'a client left before its answer');
    else logger.error({ error }, 'an answer could not be written');
  });
  app.use(answerQuickCalls(routes.quickCalls, surroundings, observers));
  app.use(requestScope(surroundings, observers, { oauth: oauthProblemAnswer, page: showProblemPage }));
  app.use(routes.router.routes());
  app.use(routes.router.allowedMethods());
  return app;
}
