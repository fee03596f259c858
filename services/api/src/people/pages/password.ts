import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { type PasswordAccounts, passwordChangeInput } from '../password-accounts.ts';
import { clientAddress } from '../../http/client-address.ts';
import { type AccountMails, mailOriginOf } from '../account-mails.ts';
import type { BrowserSessions, SignedIn } from '../browser-sessions.ts';
import type { Limits } from '../../limits/limits.ts';
import type { PasswordPolicy } from '../password-policy.ts';
import { writingPerson } from '../writing-person.ts';
import type { Reauthentication } from '../reauthentication.ts';
import type { KnownBrowsers } from '../known-browsers.ts';
import { Problem } from '../../http/problem.ts';
import { parseBody } from '../../http/parse-body.ts';
import { refusedForm } from '../../pages/refused-form.ts';
import { seeOther, signInFirst } from '../../pages/see-other.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import { passwordFaultIn } from './new-password-field.ts';
import { type PasswordInput, passwordPage, type PasswordProblem } from './password-page.ts';
import { paths, withPending } from '../../pages/paths.ts';

export interface PasswordPagesDeps {
  readonly sessions: BrowserSessions;
  readonly passwordAccounts: PasswordAccounts;
  readonly browsers: KnownBrowsers;
  readonly limits: Limits;
  readonly mails: AccountMails;
  readonly passwordPolicy: PasswordPolicy;
  readonly reauthentication: Reauthentication;
}

const optionalText = z.string().max(254).catch('');
const formInput = z.object({ csrf_token: optionalText, shown: optionalText });

/** The form of the new password, as it was sent; without a mark where it is not shown yet. */
const sentForm = (mark = '') => ({ purpose: 'password', mark });

/** `GET /account/password`: asks for the current password and a new one. 404 for an account that has none. */
export function showPassword(deps: PasswordPagesDeps): Middleware {
  const { sessions, passwordAccounts, reauthentication } = deps;
  return async (ctx) => {
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return signInFirst(ctx, 'password');
    if (!(await passwordAccounts.hasPassword(signedIn.account)))
      throw new Problem('not_found', 'This account has no password: it signs in through a provider.');
    if (reauthentication.isNeededForAccount(signedIn))
      return seeOther(ctx, withPending(paths.onceMore, { next: 'password' }));
    show(ctx, deps, signedIn, 200, {});
  };
}

/** `POST /account/password`: changes the password, and goes on as the only session, under another cookie; or shows the form again. */
export function submitPassword(deps: PasswordPagesDeps): Middleware {
  const { sessions, passwordAccounts, browsers, limits, mails, reauthentication } = deps;
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    const signedIn = await sessions.awaitForForm(ctx, form.csrf_token);
    if (!signedIn) return signInFirst(ctx, 'password');
    sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
    if (reauthentication.isNeededForAccount(signedIn, sentForm(form.shown)))
      return seeOther(ctx, withPending(paths.onceMore, { next: 'password' }));
    try {
      const input = parseBody(passwordChangeInput, ctx.request.body);
      await limits.admitWrite(writingPerson(sessions, signedIn));
      const browser = browsers.idFor(ctx, signedIn.account);
      const guess = { address: clientAddress(ctx), browser };
      const twin = await passwordAccounts.changePassword(signedIn.account, input, guess);
      if (twin !== null) {
        // Sent twice: this browser goes on in the session of the other one.
        const goesOn =
          signedIn.account.sessionsEpoch === twin.sessionsEpoch
            ? signedIn
            : await sessions.awaitTwin(ctx, form.csrf_token);
        if (!goesOn) return signInFirst(ctx, 'sessions');
        browsers.remember(ctx, goesOn.account);
        await passwordAccounts.replicated(twin);
        return seeOther(ctx, `${paths.sessions}?done=password`);
      }
    } catch (error) {
      const { status, ...refused } = refusedForm(ctx, error, problemOf);
      return show(ctx, deps, signedIn, status, refused, form.shown);
    }
    mails.notify('passwordChanged', signedIn.account, mailOriginOf(ctx));
    // All that came of the former password meanwhile, whichever epoch that began in.
    const account = await sessions.endOthers(ctx, signedIn, form.csrf_token, '');
    await passwordAccounts.replicated(signedIn.account);
    browsers.remember(ctx, account ?? signedIn.account);
    seeOther(ctx, `${paths.sessions}?done=password`);
  };
}

function show(
  ctx: Context,
  { sessions, passwordPolicy, reauthentication }: PasswordPagesDeps,
  signedIn: SignedIn,
  status: number,
  attempt: Pick<PasswordInput, 'problem' | 'retryAfterSeconds'>,
  sent = '',
): void {
  const csrfToken = sessions.csrfTokenFor(ctx, signedIn);
  const shown = reauthentication.markForm(signedIn, sentForm(sent));
  const passwordMinLength = passwordPolicy.minLengthFor(signedIn.account.hasSecondFactor);
  const { email } = signedIn.account;
  const input = { csrfToken, shown, passwordMinLength, account: { email }, ...attempt };
  showPage(ctx, status, passwordPage(input, pageTexts(ctx)), 'showPassword');
}

function problemOf(error: Problem): PasswordProblem | undefined {
  switch (error.code) {
    case 'invalid_request':
      return error.field === 'new_password' ? passwordFaultIn(error) : 'wrongPassword';
    case 'wrong_credentials':
      return 'wrongPassword';
    case 'rate_limited':
      return 'tooManyAttempts';
    default:
      return undefined;
  }
}
