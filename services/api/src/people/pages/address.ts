import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { parseBody } from '../../http/parse-body.ts';
import { Problem } from '../../http/problem.ts';
import type { Limits } from '../../limits/limits.ts';
import { paths, withPending } from '../../pages/paths.ts';
import { refusedForm } from '../../pages/refused-form.ts';
import { seeOther, signInFirst } from '../../pages/see-other.ts';
import { pageTexts, showPage, showPageOfLink } from '../../pages/show-page.ts';
import { mailOriginOf } from '../account-mails.ts';
import type { BrowserSessions, SignedIn } from '../browser-sessions.ts';
import { type EmailChange, emailChangeInput } from '../email-change.ts';
import type { KnownBrowsers } from '../known-browsers.ts';
import type { PasswordAccounts } from '../password-accounts.ts';
import { writingPerson } from '../writing-person.ts';
import type { Reauthentication } from '../reauthentication.ts';
import {
  type AddressInput,
  addressPage,
  type AddressProblem,
  addressResultPage,
  confirmAddressPage,
} from './address-page.ts';

export interface AddressPagesDeps {
  readonly sessions: BrowserSessions;
  readonly browsers: KnownBrowsers;
  readonly passwordAccounts: PasswordAccounts;
  readonly emailChange: EmailChange;
  readonly limits: Limits;
  readonly reauthentication: Reauthentication;
}

const optionalText = z.string().max(254).catch('');
const formInput = z.object({
  csrf_token: optionalText,
  shown: optionalText,
  email: optionalText,
  link: optionalText,
});

/** The form of the new address, as it was sent; without a mark where it is not shown yet. */
const sentForm = (mark = '') => ({ purpose: 'address', mark });

/** `GET /account/address`: asks for a new address. 404 for an account that signs in through a provider: the address comes from there. */
export function showAddress(deps: AddressPagesDeps): Middleware {
  const { sessions, passwordAccounts, reauthentication } = deps;
  return async (ctx) => {
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return signInFirst(ctx, 'address');
    if (!(await passwordAccounts.hasPassword(signedIn.account)))
      throw new Problem('not_found', 'This account has the address that its provider tells.');
    if (reauthentication.isNeededForAccount(signedIn))
      return seeOther(ctx, withPending(paths.onceMore, { next: 'address' }));
    show(ctx, deps, signedIn, 200, {});
  };
}

/** `POST /account/address`: has a link sent to the new address, or shows the form again. */
export function submitAddress(deps: AddressPagesDeps): Middleware {
  const { sessions, browsers, emailChange, limits, reauthentication } = deps;
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return signInFirst(ctx, 'address');
    sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
    if (reauthentication.isNeededForAccount(signedIn, sentForm(form.shown)))
      return seeOther(ctx, withPending(paths.onceMore, { next: 'address' }));
    if (!emailChange.enabled) return seeOther(ctx, paths.address);
    try {
      const input = parseBody(emailChangeInput, ctx.request.body);
      await limits.admitWrite(writingPerson(sessions, signedIn));
      const origin = mailOriginOf(ctx);
      const browser = browsers.idFor(ctx, signedIn.account);
      const guess = { address: origin.address, browser };
      await emailChange.ask(signedIn.account, input, origin, guess, form.csrf_token);
    } catch (error) {
      const { status, ...refused } = refusedForm(ctx, error, problemOf);
      return show(ctx, deps, signedIn, status, { email: form.email, ...refused }, form.shown);
    }
    seeOther(ctx, `${paths.sessions}?done=address`);
  };
}

/** `GET /account/address/confirm?link=…`: shows a button, and changes nothing. 410 for a link that is over. */
export function showConfirmAddress({ sessions, emailChange }: AddressPagesDeps): Middleware {
  return async (ctx) => {
    if (ctx.query['done'] !== undefined)
      return showPageOfLink(ctx, 200, addressResultPage('moved', pageTexts(ctx)));
    const link = typeof ctx.query['link'] === 'string' ? ctx.query['link'] : '';
    const email = await emailChange.find(link);
    if (email === null) return showPageOfLink(ctx, 410, addressResultPage('bad', pageTexts(ctx)));
    const csrfToken = sessions.csrfTokenFor(ctx, null);
    showPageOfLink(ctx, 200, confirmAddressPage({ csrfToken, link, email }, pageTexts(ctx)));
  };
}

/** `POST /account/address/confirm`: spends the link and changes the address. */
export function submitConfirmAddress({ sessions, emailChange }: AddressPagesDeps): Middleware {
  return async (ctx) => {
    // Browsers send a form of a page without referrers with "Origin: null": its token alone tells that it is ours.
    const form = parseBody(formInput, ctx.request.body);
    sessions.requireCsrfToken(ctx, null, form.csrf_token);
    const result = await emailChange.confirm(form.link, mailOriginOf(ctx));
    if (result === 'moved') return seeOther(ctx, `${paths.confirmAddress}?done=1`);
    showPageOfLink(ctx, result === 'taken' ? 409 : 410, addressResultPage(result, pageTexts(ctx)));
  };
}

function show(
  ctx: Context,
  { sessions, emailChange, reauthentication }: AddressPagesDeps,
  signedIn: SignedIn,
  status: number,
  attempt: Pick<AddressInput, 'email' | 'problem' | 'retryAfterSeconds'>,
  sent = '',
): void {
  const csrfToken = sessions.csrfTokenFor(ctx, signedIn);
  const { email } = signedIn.account;
  const shown = reauthentication.markForm(signedIn, sentForm(sent));
  const input = { csrfToken, shown, account: { email }, enabled: emailChange.enabled, ...attempt };
  showPage(ctx, status, addressPage(input, pageTexts(ctx)), 'showPassword');
}

function problemOf({ code, field }: Problem): AddressProblem | undefined {
  switch (code) {
    case 'invalid_request':
      return field === 'current_password' ? 'wrongPassword' : 'invalidEmail';
    case 'wrong_credentials':
      return 'wrongPassword';
    case 'rate_limited':
      return 'tooManyAttempts';
    default:
      return undefined;
  }
}
