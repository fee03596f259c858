import type { Logger } from '@ravi/telemetry';
import Koa from 'koa';
import type { Surroundings } from './http/call.ts';
import type { Feature } from './http/feature.ts';
import { answerQuickCalls } from './http/quick-calls.ts';
import { requestScope } from './http/request-scope.ts';
import type { RequestState } from './http/request-state.ts';
import { Routes } from './http/routes.ts';
import { showProblemPage } from './pages/problem-page.ts';
import { oauthProblemAnswer } from './tokens/oauth-format.ts';

/**
 * Builds the one application that answers everything: the calls of programs in their plain form first, then the router for the rest.
 * The router looks in the order of the features: the busy ones come first.
 */
export function createApp(
  features: readonly Feature[],
  surroundings: Surroundings,
  logger: Logger,
): Koa<RequestState> {
  const routes = new Routes();
  for (const feature of features) feature.mount(routes);
  const app = new Koa<RequestState>({ env: 'production' });
  // Errors after our own error step, such as a client that disconnected during the answer.
  app.on('error', (error: unknown) => logger.warn({ error }, 'answer failed'));
  app.use(answerQuickCalls(routes.quickCalls, surroundings, logger));
  app.use(requestScope(surroundings, logger, { oauth: oauthProblemAnswer, page: showProblemPage }));
  app.use(routes.router.routes());
  app.use(routes.router.allowedMethods());
  return app;
}
