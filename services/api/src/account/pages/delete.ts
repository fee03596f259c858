import type { Clock } from '@ravi/runtime';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { clientAddress } from '../../http/client-address.ts';
import { parseBody } from '../../http/parse-body.ts';
import { Problem } from '../../http/problem.ts';
import type { Limits } from '../../limits/limits.ts';
import { paths, withPending } from '../../pages/paths.ts';
import { refusedForm } from '../../pages/refused-form.ts';
import { seeOther, signInFirst } from '../../pages/see-other.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import { mailOriginOf } from '../../people/account-mails.ts';
import type { BrowserSessions, SignedIn } from '../../people/browser-sessions.ts';
import type { KnownBrowsers } from '../../people/known-browsers.ts';
import type { PasswordAccounts } from '../../people/password-accounts.ts';
import { signsInWithPassword } from '../../people/signs-in-with-password.ts';
import { writingPerson } from '../../people/writing-person.ts';
import type { Reauthentication, SentForm } from '../../people/reauthentication.ts';
import type { AccountDeletion } from '../account-deletion.ts';
import { deletedPage, type DeleteInput, deletePage, type DeleteProblem } from './delete-page.ts';

export interface DeletePagesDeps {
  readonly sessions: BrowserSessions;
  readonly browsers: KnownBrowsers;
  readonly passwordAccounts: PasswordAccounts;
  readonly embeddedAccounts: boolean;
  readonly deletion: AccountDeletion;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly reauthentication: Reauthentication;
}

/** The longest time since the sign-in of somebody without a password here. */
const freshMs = 10 * 60_000;

const formInput = z.object({
  csrf_token: z.string().max(254).catch(''),
  current_password: z.string().max(1024).catch(''),
  shown: z.string().max(254).catch(''),
});

/** The form of the deletion, as it was sent; without a mark where it is not shown yet. */
const sentForm = (mark = '') => ({ purpose: 'delete', mark });

/** `GET /account/delete`: says what a deletion means; with `step=last`, asks for it. */
export function showDelete(deps: DeletePagesDeps): Middleware {
  return async (ctx) => {
    const signedIn = await deps.sessions.read(ctx);
    if (!signedIn) return signInFirst(ctx, 'delete');
    if (lacksProof(deps, signedIn)) return proveFirst(ctx);
    await show(ctx, deps, signedIn, { status: 200, last: ctx.query['step'] === 'last' });
  };
}

/**
 * `POST /account/delete`: deletes the account of somebody who gives its password or, without a password, has just signed in. Sent twice, it
 * is one success.
 */
export function submitDelete(deps: DeletePagesDeps): Middleware {
  const { sessions, deletion, limits } = deps;
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    const signedIn = await sessions.read(ctx);
    if (!signedIn) {
      const isDone = await deletion.isDoneBy(form.csrf_token);
      return isDone ? seeOther(ctx, paths.accountDeleted) : signInFirst(ctx, 'delete');
    }
    sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
    if (lacksProof(deps, signedIn, sentForm(form.shown))) return proveFirst(ctx);
    await limits.admitWrite(writingPerson(sessions, signedIn));
    try {
      await requirePresence(ctx, deps, signedIn, form.current_password);
    } catch (error) {
      // Its twin has removed the password meanwhile.
      if (await deletion.isDoneBy(form.csrf_token)) return seeOther(ctx, paths.accountDeleted);
      const refused = refusedForm(ctx, error, problemOf);
      return show(ctx, deps, signedIn, { ...refused, last: true }, form.shown);
    }
    await deletion.delete(signedIn.account, mailOriginOf(ctx), form.csrf_token);
    seeOther(ctx, paths.accountDeleted);
  };
}

/** Whether the password in the form is not enough: an account with a second factor needs a recent proof of that, too. */
function lacksProof({ reauthentication }: DeletePagesDeps, signedIn: SignedIn, form?: SentForm): boolean {
  return signedIn.account.hasSecondFactor && reauthentication.isNeededForAccount(signedIn, form);
}

function proveFirst(ctx: Context): void {
  seeOther(ctx, withPending(paths.onceMore, { next: 'delete' }));
}

/** `GET /account/deleted`: that the account is gone. */
export const showDeleted: Middleware = (ctx) => showPage(ctx, 200, deletedPage(pageTexts(ctx)));

/** Throws 401 unless the password is right or, without a password, the sign-in was a moment ago. */
async function requirePresence(
  ctx: Context,
  deps: DeletePagesDeps,
  signedIn: SignedIn,
  password: string,
): Promise<void> {
  const { sessions, browsers, passwordAccounts, clock } = deps;
  const { account } = signedIn;
  if (await signsInWithPassword(deps, account)) {
    const guess = { address: clientAddress(ctx), browser: browsers.idFor(ctx, account) };
    return passwordAccounts.requirePassword(account, password, guess);
  }
  const here = (await sessions.list(signedIn)).find(({ current }) => current);
  if (here === undefined || clock.nowMs() - here.session.startedAtMs > freshMs)
    throw new Problem('not_signed_in', 'Sign in again first.');
}

async function show(
  ctx: Context,
  deps: DeletePagesDeps,
  signedIn: SignedIn,
  {
    status,
    ...rest
  }: Pick<DeleteInput, 'last' | 'problem' | 'retryAfterSeconds'> & { readonly status: number },
  sent = '',
): Promise<void> {
  const { sessions, reauthentication } = deps;
  const { account } = signedIn;
  const input = {
    ...rest,
    csrfToken: sessions.csrfTokenFor(ctx, signedIn),
    shown: reauthentication.markForm(signedIn, sentForm(sent)),
    account: { email: account.email },
    hasPassword: await signsInWithPassword(deps, account),
  };
  showPage(ctx, status, deletePage(input, pageTexts(ctx)), 'showPassword');
}

function problemOf(error: Problem): DeleteProblem | undefined {
  switch (error.code) {
    case 'wrong_credentials':
      return 'wrongPassword';
    case 'not_signed_in':
      return 'staleSignIn';
    case 'rate_limited':
      return 'tooManyAttempts';
    default:
      return undefined;
  }
}
