import type { AccountStore } from '@ravi/accounts';
import type { PublishedKeys } from '@ravi/credentials';
import { Router } from '@koa/router';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import Koa, { type Middleware } from 'koa';
import {
  beginProviderSignIn,
  finishProviderSignIn,
  type ProviderSignInPagesDeps,
} from './people/pages/provider-sign-in.ts';
import { endOtherSessions, endSession, showSessions } from './people/pages/sessions.ts';
import type { SignInPagesDeps } from './people/pages/sign-in.ts';
import { showSignIn, showSignUp, submitSignIn, submitSignOut, submitSignUp } from './people/pages/sign-in.ts';
import { endProgram, type ProgramsPagesDeps, showPrograms } from './account/pages/programs.ts';
import { DevicePages } from './login/pages/device-pages.ts';
import { type PasswordPagesDeps, showPassword, submitPassword } from './people/pages/password.ts';
import { showQr } from './login/pages/qr.ts';
import { carried } from './pages/see-other.ts';
import { pageTexts, showPage } from './pages/show-page.ts';
import { homePage } from './login/pages/home-page.ts';
import type { Decisions } from './login/decisions.ts';
import { throughKoa } from './http/call.ts';
import { readBody } from './http/read-body.ts';
import { requestScope, type RequestState } from './http/request-scope.ts';
import { authorizeDevice, type DeviceAuthorizationDeps } from './login/device-authorization.ts';
import { introspect, type IntrospectDeps } from './tokens/introspect.ts';
import { metadata } from './tokens/metadata.ts';
import { readForm } from './tokens/parameters.ts';
import { revoke, type RevokeDeps } from './tokens/revoke.ts';
import { issueTokens, type TokenEndpointDeps } from './tokens/token-endpoint.ts';
import { Problem } from './http/problem.ts';
import { approveLogin, denyLogin } from './login/decide.ts';
import { jwks } from './tokens/jwks.ts';
import { createApiKey, deleteApiKey, listApiKeys, type ApiKeysDeps } from './account/api-keys.ts';
import {
  changeIdentity,
  createIdentity,
  deleteIdentity,
  type IdentitiesDeps,
  listIdentities,
  readIdentity,
  replaceIdentity,
} from './account/identities.ts';
import { listDomains, type ListDomainsDeps } from './account/domains.ts';
import { logOut, type LogOutDeps } from './tokens/log-out.ts';
import { readAccount, type ReadAccountDeps } from './account/read-account.ts';
import { redeemLogin, type RedeemLoginDeps } from './login/redeem-login.ts';
import { refreshTokens, type RefreshTokensDeps } from './tokens/refresh-tokens.ts';
import { signIn, signUp } from './people/sign-in.ts';
import { startLogin, type StartLoginDeps } from './login/start.ts';
import { watchLogin, type WatchLoginDeps } from './login/follow.ts';

/** Everything that the routes need. */
export interface AppDeps
  extends
    StartLoginDeps,
    RedeemLoginDeps,
    SignInPagesDeps,
    ProviderSignInPagesDeps,
    RefreshTokensDeps,
    LogOutDeps,
    ReadAccountDeps,
    ProgramsPagesDeps,
    PasswordPagesDeps,
    IdentitiesDeps,
    ApiKeysDeps,
    ListDomainsDeps,
    WatchLoginDeps,
    DeviceAuthorizationDeps,
    TokenEndpointDeps,
    RevokeDeps,
    IntrospectDeps {
  readonly decisions: Decisions;
  readonly accountStore: AccountStore;
  readonly publishedKeys: PublishedKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly trustedProxyHops: number;
  /** Off: no login starts, and the pages say so. */
  readonly deviceLogin: boolean;
}

/** Builds the Koa application. Nothing is opened: the caller owns every connection. */
export function createApp(deps: AppDeps): Koa<RequestState> {
  const app = new Koa<RequestState>({ env: 'production' });
  // What goes wrong after our own error step, such as a client that vanished in mid-answer.
  app.on('error', (error: unknown) => deps.logger.warn({ error }, 'answer failed'));
  app.use(requestScope(deps));
  const router = routes(deps);
  app.use(router.routes());
  app.use(router.allowedMethods());
  return app;
}

function routes(deps: AppDeps): Router<RequestState> {
  const router = new Router<RequestState>();
  const body = readBody();
  const devicePages = new DevicePages({ ...deps, accounts: deps.accountStore });

  // A trailing slash is optional everywhere. The busy ones first: the router looks in this order.
  router.post('/api/auth/device/token', body, throughKoa(redeemLogin(deps)));
  router.post('/api/auth/device', body, throughKoa(startLogin(deps)));
  router.post('/api/auth/device/approve', body, throughKoa(approveLogin(deps)));
  router.post('/api/auth/device/deny', body, throughKoa(denyLogin(deps)));
  router.post('/api/auth/token/refresh', body, refreshTokens(deps));
  router.post('/api/auth/logout', logOut(deps));
  router.get(['/api/auth/user', '/api/master'], readAccount(deps));
  for (const kind of ['identity', 'management'] as const) {
    router.get(`/api/auth/keys/${kind}`, listApiKeys(deps, kind));
    router.post(`/api/auth/keys/${kind}`, body, createApiKey(deps, kind));
    router.delete(`/api/auth/keys/${kind}/:id`, deleteApiKey(deps, kind));
  }
  router.get('/api/identities', listIdentities(deps));
  router.post('/api/identities', body, createIdentity(deps));
  router.get('/api/identities/:uuid', readIdentity(deps));
  router.put('/api/identities/:uuid', body, replaceIdentity(deps));
  router.patch('/api/identities/:uuid', body, changeIdentity(deps));
  router.delete('/api/identities/:uuid', deleteIdentity(deps));
  router.get('/api/domains', listDomains(deps));
  router.get('/api/auth/device/status', watchLogin(deps));
  const embedded = deps.embeddedAccounts ? [body] : [refuseEmbedded];
  router.post('/api/auth/signup', ...embedded, signUp(deps));
  router.post('/api/auth/login', ...embedded, signIn(deps));
  router.get('/.well-known/jwks.json', jwks(deps.publishedKeys, deps.clock));

  const form = readForm();
  router.post('/oauth/token', form, issueTokens(deps));
  router.post('/oauth/device_authorization', form, authorizeDevice(deps));
  router.post('/oauth/revoke', form, revoke(deps));
  router.post('/oauth/introspect', form, introspect(deps));
  router.get(
    ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'],
    metadata({ publicUrl: deps.publicUrl, scopes: deps.oauthClients.scopes }),
  );

  router.get('/', (ctx) =>
    showPage(ctx, 200, homePage({ apiUrl: deps.publicUrl, switchedOff: !deps.deviceLogin }, pageTexts(ctx))),
  );
  router.get('/device', devicePages.open);
  router.get('/device/qr', showQr(deps.publicUrl));
  router.post('/device/code', body, devicePages.submitCode);
  router.post('/device/decision', body, devicePages.decide);
  router.get('/signin', (ctx) => showSignIn(ctx, deps, carried(ctx.query['user_code'], ctx.query['next'])));
  router.get('/signin/:provider', beginProviderSignIn(deps));
  router.get('/signin/:provider/callback', finishProviderSignIn(deps));
  router.get('/signup', ...embedded, (ctx) =>
    showSignUp(ctx, deps.sessions, carried(ctx.query['user_code'], ctx.query['next'])),
  );
  router.post('/signin', ...embedded, submitSignIn(deps));
  router.post('/signup', ...embedded, submitSignUp(deps));
  router.get('/account/programs', showPrograms(deps));
  router.post('/account/programs/end', body, endProgram(deps));
  router.post('/signout', body, submitSignOut(deps));
  router.get('/account/sessions', showSessions(deps));
  router.post('/account/sessions/end', body, endSession(deps));
  router.post('/account/sessions/end-others', body, endOtherSessions(deps));
  router.get('/account/password', ...embedded, showPassword(deps));
  router.post('/account/password', ...embedded, submitPassword(deps));
  return router;
}

/** Where embedded accounts are off, their forms and calls do not exist. */
const refuseEmbedded: Middleware = () => {
  throw new Problem(
    'not_found',
    'Accounts with e-mail and password are switched off here. Open /signin in a browser and sign in through a provider.',
  );
};
