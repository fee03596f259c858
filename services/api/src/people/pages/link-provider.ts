import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { parseBody } from '../../http/parse-body.ts';
import { Problem } from '../../http/problem.ts';
import { paths, type Pending, withPending } from '../../pages/paths.ts';
import { refusedForm } from '../../pages/refused-form.ts';
import { carried, seeOther, signInFirst } from '../../pages/see-other.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import { mailOriginOf } from '../account-mails.ts';
import type { SignedIn } from '../browser-sessions.ts';
import { writingPerson } from '../writing-person.ts';
import type { OidcProvider } from '../oidc-provider.ts';
import type { ProviderAttempt } from '../provider-attempt.ts';
import { signsInWithPassword } from '../signs-in-with-password.ts';
import {
  forgetTicket,
  keepTicket,
  type ProviderSignInPagesDeps,
  requestOrigin,
  showFailure,
} from './provider-tickets.ts';
import { passwordProblemIn } from './own-password-problem.ts';
import { proveFirst, requirePassword } from './security.ts';
import { securityDone } from './security-page.ts';
import { type SecurityPagesDeps, showSecurityPage } from './show-security.ts';
import type { ShownFailure } from './sign-in-failure-page.ts';
import { onToProviderPage, signedInPage } from './signed-in-page.ts';

export type LinkProviderPagesDeps = SecurityPagesDeps & ProviderSignInPagesDeps;

const text = z.string().max(254).catch('');
const formInput = z.object({
  csrf_token: text,
  user_code: text,
  provider: text,
  link: text,
  password: z.string().max(1024).catch(''),
});
type Form = z.infer<typeof formInput>;

/**
 * `POST /account/security/link`: sends the person on to a provider, to link who they are there; with the password, where it is all that
 * they sign in with. Not a redirect: browsers apply
 * `form-action` to every redirect of a form, and a provider's addresses are unknown until its metadata is fetched.
 */
export function beginLinking(deps: LinkProviderPagesDeps): Middleware {
  const { providerSignIn } = deps;
  return submitted(deps, async (ctx, signedIn, form, pending) => {
    const provider = providerSignIn.find(form.provider);
    if (!provider) throw new Problem('not_found', 'There is no such provider.');
    if (!signedIn.account.emailVerified) return seeOther(ctx, withPending(paths.security, pending));
    try {
      await requirePasswordAlone(ctx, deps, signedIn, form.password);
    } catch (error) {
      const { status, ...refused } = refusedForm(ctx, error, passwordProblemIn);
      const problem = refused.problem === 'wrongPassword' ? 'wrongPasswordToLink' : refused.problem;
      return showSecurityPage(ctx, deps, signedIn, status, { ...pending, ...refused, problem });
    }
    const linking = { ...pending, session: signedIn.firstId };
    const begun = await providerSignIn.begin(provider, linking, requestOrigin(ctx));
    if (begun.kind === 'failed') return showFailure(ctx, provider, begun.failure, pending, true);
    keepTicket(ctx, deps, begun.attempt);
    const { href } = begun.url;
    ctx.set('Refresh', `0;url=${href}`);
    showPage(ctx, 200, onToProviderPage(href, provider.config.label, pageTexts(ctx)));
  });
}

/** The callback of an attempt that was begun above: links, where the very session that began it is still the browser's. */
export async function finishLinking(
  ctx: Context,
  deps: LinkProviderPagesDeps,
  provider: OidcProvider,
  attempt: ProviderAttempt,
): Promise<void> {
  const { sessions, providerSignIn, linkedProviders } = deps;
  const pending = carried(attempt.userCode);
  const fail = (failure: ShownFailure) => showFailure(ctx, provider, failure, pending, true);
  const signedIn = await sessions.read(ctx);
  if (!signedIn || signedIn.firstId !== attempt.session) return fail('otherSession');
  const proof = await providerSignIn.prove(provider, attempt, ctx.search, requestOrigin(ctx));
  // Not earlier: if the check failed, such as without Redis, a reload can repeat it.
  forgetTicket(ctx, deps, attempt);
  if (proof.kind === 'failed') return fail(proof.failure);
  const failure = await linkedProviders.link(signedIn.account, provider, proof.person, mailOriginOf(ctx));
  if (failure !== null) return fail(failure);
  const next = securityDone('linked', pending);
  ctx.set('Refresh', `0;url=${next}`);
  showPage(ctx, 200, signedInPage(next, pageTexts(ctx)));
}

/** `POST /account/security/unlink`: removes a link, but never the last way in, and ends all other sessions. */
export function submitUnlink(deps: LinkProviderPagesDeps): Middleware {
  const { sessions, browsers, linkedProviders } = deps;
  const unlink = async (ctx: Context, signedIn: SignedIn, form: Form, pending: Pending): Promise<void> => {
    const { account } = signedIn;
    const unlinking = await linkedProviders.unlink(account, form.link, mailOriginOf(ctx));
    if (unlinking.kind === 'ended') {
      // Perhaps by a twin of this form, in whose session this browser goes on.
      const now = await sessions.awaitForForm(ctx, form.csrf_token);
      return now ? unlink(ctx, now, form, pending) : signInFirst(ctx, 'security', pending.userCode);
    }
    if (unlinking.kind === 'isLast')
      return showSecurityPage(ctx, deps, signedIn, 409, { ...pending, problem: 'lastWayIn' });
    if (unlinking.kind === 'unlinked') {
      const { sessionsEpoch } = unlinking;
      browsers.remember(ctx, await sessions.goOnAlone(ctx, signedIn, sessionsEpoch, form.csrf_token));
    } else if (sessions.isFoundByTwin(ctx, signedIn)) {
      browsers.remember(ctx, account);
    }
    await linkedProviders.replicated(account);
    seeOther(ctx, securityDone('unlinked', pending));
  };
  return submitted(deps, unlink);
}

/**
 * Throws 401 unless the form has the password, where that alone signs the person in: as a first factor, a provider would be a way in that a
 * stolen session leaves behind.
 */
async function requirePasswordAlone(
  ctx: Context,
  deps: LinkProviderPagesDeps,
  signedIn: SignedIn,
  password: string,
): Promise<void> {
  const { account } = signedIn;
  if (account.hasSecondFactor || !(await signsInWithPassword(deps, account))) return;
  await requirePassword(ctx, deps, signedIn, password);
}

/** A form of somebody who is signed in and proved it lately, whichever way they sign in. */
function submitted(
  { sessions, reauthentication, limits }: LinkProviderPagesDeps,
  run: (ctx: Context, signedIn: SignedIn, form: Form, pending: Pending) => Promise<void>,
): Middleware {
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    const pending = carried(form.user_code);
    const signedIn = await sessions.awaitForForm(ctx, form.csrf_token);
    if (!signedIn) return signInFirst(ctx, 'security', pending.userCode);
    sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
    if (reauthentication.isNeededForAccount(signedIn)) return proveFirst(ctx, pending);
    await limits.admitWrite(writingPerson(sessions, signedIn));
    await run(ctx, signedIn, form, pending);
  };
}
