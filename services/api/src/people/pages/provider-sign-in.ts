import type { Context, Middleware } from 'koa';
import { clientAddress } from '../../http/client-address.ts';
import type { HostCookies } from '../../http/host-cookies.ts';
import type { OidcProvider } from '../provider.ts';
import type { SignInFailure } from '../provider-sign-in.ts';
import { attemptTtlSeconds, type SignInAttempt } from '../sign-in-attempt.ts';
import { Problem } from '../../http/problem.ts';
import { carried, pendingPage, seeOther } from '../../pages/see-other.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import type { SignInOffer } from './sign-in.ts';
import { paths, type Pending, withPending } from '../../pages/paths.ts';
import { signInFailurePage } from './sign-in-failure-page.ts';
import { signedInPage } from './signed-in-page.ts';

export interface ProviderSignInPagesDeps extends SignInOffer {
  readonly cookies: HostCookies;
}

const statuses: Readonly<Record<SignInFailure, number>> = {
  declined: 403,
  unmatched: 400,
  expired: 400,
  spent: 409,
  emailTaken: 409,
  noEmail: 403,
  untrusted: 502,
  providerDown: 503,
  busy: 503,
  blocked: 403,
};

/** `Retry-After` for temporary failures. */
const retryAfterSeconds = 5;

/**
 * `GET /signin/{provider}`: redirects to the provider. A link and not a form: browsers apply `form-action` to every redirect of a
 * form, and a provider's addresses are unknown until its metadata is fetched.
 */
export function beginProviderSignIn(deps: ProviderSignInPagesDeps): Middleware {
  return async (ctx) => {
    const provider = providerOf(ctx, deps);
    const pending = carried(ctx.query['user_code'], ctx.query['next']);
    // Another site must not sign people in, or into another account: they press the button themselves.
    if (ctx.get('Sec-Fetch-Site') === 'cross-site') {
      return seeOther(ctx, withPending(paths.signIn, pending));
    }
    const begun = await deps.providerSignIn.begin(provider, pending, requestOrigin(ctx));
    if (begun.kind === 'failed') return showFailure(ctx, provider, begun.failure, pending);
    const { attempt, url } = begun;
    deps.cookies.set(ctx, ticketCookie(attempt.state), attempt.ticket, attemptTtlSeconds);
    seeOther(ctx, url.href);
  };
}

/** `GET /signin/{provider}/callback`: signs in the person who returns from the provider, or shows a page that says why not. */
export function finishProviderSignIn(deps: ProviderSignInPagesDeps): Middleware {
  return async (ctx) => {
    const provider = providerOf(ctx, deps);
    const attempt = recallAttempt(ctx, deps, provider);
    if (!attempt) {
      // The back button, after a successful sign-in.
      if (await deps.sessions.read(ctx)) return seeOther(ctx, paths.device);
      return showFailure(ctx, provider, 'unmatched', {});
    }
    const finished = await deps.providerSignIn.finish(provider, attempt, ctx.search, requestOrigin(ctx));
    // Not earlier: if the check failed, such as without Redis, a reload can repeat it.
    deps.cookies.set(ctx, ticketCookie(attempt.state), '', 0);
    const pending = carried(attempt.userCode, attempt.next);
    if (finished.kind === 'failed') return showFailure(ctx, provider, finished.failure, pending);
    await deps.sessions.open(ctx, finished.account, { by: 'provider', factor: null });
    // Not a redirect: after one from the provider, browsers report a cross-site request, and those look up no code.
    const next = pendingPage(pending);
    ctx.set('Refresh', `0;url=${next}`);
    showPage(ctx, 200, signedInPage(next, pageTexts(ctx)));
  };
}

function providerOf(ctx: Context, { providerSignIn }: ProviderSignInPagesDeps): OidcProvider {
  const { provider: id } = ctx['params'] as { readonly provider: string };
  const provider = providerSignIn.find(id);
  if (!provider) throw new Problem('not_found', 'There is no such provider.');
  return provider;
}

function recallAttempt(
  ctx: Context,
  deps: ProviderSignInPagesDeps,
  provider: OidcProvider,
): SignInAttempt | null {
  const state = single(ctx.query['state']);
  if (!/^[\w-]{43}$/.test(state)) return null;
  const ticket = deps.cookies.get(ctx, ticketCookie(state));
  return ticket === undefined ? null : deps.providerSignIn.recall(provider, ticket, state);
}

/** A cookie for each attempt, so that two tabs do not spoil each other's. */
const ticketCookie = (state: string) => `ravi_sign_in_${state.slice(0, 8)}`;

const requestOrigin = (ctx: Context) => ({
  address: clientAddress(ctx),
  requestId: String(ctx.state['requestId']),
});

/** A parameter's value if it comes once; else empty. */
const single = (value: unknown) => (typeof value === 'string' ? value : '');

function showFailure(ctx: Context, { config }: OidcProvider, failure: SignInFailure, pending: Pending): void {
  const status = statuses[failure];
  if (status === 503) ctx.set('Retry-After', String(retryAfterSeconds));
  const input = { failure, provider: config.label, ...pending };
  showPage(ctx, status, signInFailurePage(input, pageTexts(ctx)));
}
