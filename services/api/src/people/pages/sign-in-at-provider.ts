import type { Account } from '@ravi/accounts';
import type { Context, Middleware } from 'koa';
import { askSecondStep, type AskSecondStepDeps } from '../ask-second-step.ts';
import type { OidcProvider } from '../oidc-provider.ts';
import type { Finished } from '../provider-sign-in.ts';
import { Problem } from '../../http/problem.ts';
import { carried, pendingPage, seeOther } from '../../pages/see-other.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import { paths, withPending } from '../../pages/paths.ts';
import { finishLinking, type LinkProviderPagesDeps } from './link-provider.ts';
import {
  forgetTicket,
  keepTicket,
  type ProviderSignInPagesDeps,
  recallTicket,
  requestOrigin,
  showFailure,
} from './provider-tickets.ts';
import { signedInPage } from './signed-in-page.ts';

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
    // Whoever sits at a browser that is signed in proves at the provider, too, who they are.
    const again = (await deps.sessions.read(ctx)) !== null;
    const begun = await deps.providerSignIn.begin(provider, { ...pending, again }, requestOrigin(ctx));
    if (begun.kind === 'failed') return showFailure(ctx, provider, begun.failure, pending);
    keepTicket(ctx, deps, begun.attempt);
    seeOther(ctx, begun.url.href);
  };
}

/**
 * `GET /signin/{provider}/callback`: signs in the person who returns from the provider, asks for the second step where their account has
 * one, links where they were signed in and wanted that, or shows a page that says why not.
 */
export function finishProviderSignIn(deps: LinkProviderPagesDeps & AskSecondStepDeps): Middleware {
  return async (ctx) => {
    const provider = providerOf(ctx, deps);
    const attempt = recallTicket(ctx, deps, provider);
    if (!attempt) {
      // The back button, after a successful sign-in.
      if (await deps.sessions.read(ctx)) return seeOther(ctx, paths.device);
      return showFailure(ctx, provider, 'unmatched', {});
    }
    if (attempt.session !== '') return finishLinking(ctx, deps, provider, attempt);
    const finished = await deps.providerSignIn.finish(provider, attempt, ctx.search, requestOrigin(ctx));
    // Not earlier: if the check failed, such as without Redis, a reload can repeat it.
    forgetTicket(ctx, deps, attempt);
    const pending = carried(attempt.userCode, attempt.next);
    switch (finished.kind) {
      case 'failed':
        return showFailure(ctx, provider, finished.failure, pending);
      case 'secondStep':
        askSecondStep(deps, ctx, finished.account, provider.config.id);
        deps.secondSteps.begin(ctx, finished.account, provider.config.id);
        return goOn(ctx, withPending(paths.secondStep, pending), pageTexts(ctx).secondStep.title);
      case 'signedIn':
        await letIn(ctx, deps, finished, attempt.again);
        return goOn(ctx, pendingPage(pending));
    }
  };
}

/** The session of who proved again who they are goes on; else they get another, as old as what they proved at the provider. */
async function letIn(
  ctx: Context,
  { sessions, clock }: LinkProviderPagesDeps,
  { account, authenticatedAtMs }: Extract<Finished, { readonly account: Account }>,
  again: boolean,
): Promise<void> {
  const method = { by: 'provider' as const, factor: null };
  const signedIn = again ? await sessions.read(ctx) : null;
  if (signedIn?.account.id === account.id) return sessions.renew(ctx, signedIn, method);
  const nowMs = clock.nowMs();
  await sessions.open(ctx, account, { ...method, atMs: Math.min(nowMs, authenticatedAtMs ?? nowMs) });
}

/** Not a redirect: after one from the provider, browsers report a cross-site request, and those look up no code. */
function goOn(ctx: Context, next: string, title?: string): void {
  ctx.set('Refresh', `0;url=${next}`);
  showPage(ctx, 200, signedInPage(next, pageTexts(ctx), title));
}

function providerOf(ctx: Context, { providerSignIn }: ProviderSignInPagesDeps): OidcProvider {
  const { provider: id } = ctx['params'] as { readonly provider: string };
  const provider = providerSignIn.find(id);
  if (!provider) throw new Problem('not_found', 'There is no such provider.');
  return provider;
}
