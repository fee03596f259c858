import type { Context } from 'koa';
import { clientAddress } from '../../http/client-address.ts';
import type { HostCookies } from '../../http/host-cookies.ts';
import type { Pending } from '../../pages/paths.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import type { OidcProvider } from '../oidc-provider.ts';
import type { SecondSteps } from '../second-step-tickets.ts';
import { attemptTtlSeconds, type ProviderAttempt } from '../provider-attempt.ts';
import type { SignInOffer } from './sign-in.ts';
import { type ShownFailure, signInFailurePage } from './sign-in-failure-page.ts';

export interface ProviderSignInPagesDeps extends SignInOffer {
  readonly cookies: HostCookies;
  readonly secondSteps: SecondSteps;
}

const statuses: Readonly<Record<ShownFailure, number>> = {
  declined: 403,
  unmatched: 400,
  expired: 400,
  spent: 409,
  emailTaken: 409,
  noEmail: 403,
  untrusted: 502,
  notAskedAgain: 403,
  providerDown: 503,
  busy: 503,
  blocked: 403,
  linkedElsewhere: 409,
  tooManyLinks: 409,
  linkBusy: 503,
  otherSession: 403,
};

/** `Retry-After` for temporary failures. */
const retryAfterSeconds = 5;

/** Keeps an attempt in this browser, in a cookie of its own, so that two tabs do not spoil each other's. */
export function keepTicket(
  ctx: Context,
  { cookies }: ProviderSignInPagesDeps,
  attempt: ProviderAttempt,
): void {
  cookies.set(ctx, ticketCookie(attempt.state), attempt.ticket, attemptTtlSeconds);
}

/** The attempt of this browser to which a callback belongs; null for none. */
export function recallTicket(
  ctx: Context,
  { cookies, providerSignIn }: ProviderSignInPagesDeps,
  provider: OidcProvider,
): ProviderAttempt | null {
  const state = single(ctx.query['state']);
  const ticket = cookies.get(ctx, ticketCookie(state));
  return ticket === undefined ? null : providerSignIn.recall(provider, ticket, state);
}

/** Removes the cookie of an attempt. */
export function forgetTicket(
  ctx: Context,
  { cookies }: ProviderSignInPagesDeps,
  { state }: ProviderAttempt,
): void {
  cookies.set(ctx, ticketCookie(state), '', 0);
}

/** Where a request came from, for limits and the log. */
export const requestOrigin = (ctx: Context) => ({
  address: clientAddress(ctx),
  requestId: String(ctx.state['requestId']),
});

/** Says why nobody was signed in, or linked, and leads back to where that can be begun anew. */
export function showFailure(
  ctx: Context,
  { config }: OidcProvider,
  failure: ShownFailure,
  back: Pending,
  linking = false,
): void {
  const status = statuses[failure];
  if (status === 503) ctx.set('Retry-After', String(retryAfterSeconds));
  const page = signInFailurePage({ failure, provider: config.label, back, linking }, pageTexts(ctx));
  showPage(ctx, status, page);
}

const ticketCookie = (state: string) => `ravi_sign_in_${state.slice(0, 8)}`;

/** A parameter's value if it comes once; else empty. */
const single = (value: unknown) => (typeof value === 'string' ? value : '');
