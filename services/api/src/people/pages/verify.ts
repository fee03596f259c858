import { ownerOfLink } from '@ravi/accounts';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { clientAddress } from '../../http/client-address.ts';
import { parseBody } from '../../http/parse-body.ts';
import type { Limits } from '../../limits/limits.ts';
import { paths } from '../../pages/paths.ts';
import { seeOther, signInFirst } from '../../pages/see-other.ts';
import { pageTexts, showPageOfLink } from '../../pages/show-page.ts';
import { mailOriginOf } from '../account-mails.ts';
import type { BrowserSessions } from '../browser-sessions.ts';
import type { EmailVerification } from '../email-verification.ts';
import { writingPerson } from '../writing-person.ts';
import { spentVerificationPage, verifiedPage, verifyPage } from './verify-page.ts';

export interface VerifyPagesDeps {
  readonly sessions: BrowserSessions;
  readonly emailVerification: EmailVerification;
  readonly limits: Limits;
}

const optionalText = z.string().max(254).catch('');
const formInput = z.object({ csrf_token: optionalText, link: optionalText });

/** `GET /verify?link=…`: shows a button, and spends nothing, so that a scanner of mail may look. 410 for a link that is over. */
export function showVerify({ sessions, emailVerification }: VerifyPagesDeps): Middleware {
  return async (ctx) => {
    if (ctx.query['done'] !== undefined) return showPageOfLink(ctx, 200, verifiedPage(pageTexts(ctx)));
    const link = typeof ctx.query['link'] === 'string' ? ctx.query['link'] : '';
    const email = await emailVerification.find(link);
    if (email === null) return showSpent(ctx, sessions, link);
    const csrfToken = sessions.csrfTokenFor(ctx, null);
    showPageOfLink(ctx, 200, verifyPage({ csrfToken, link, email }, pageTexts(ctx)));
  };
}

/** `POST /verify`: spends the link; the address is proven then. */
export function submitVerify({ sessions, emailVerification }: VerifyPagesDeps): Middleware {
  return async (ctx) => {
    // Browsers send a form of a page without referrers with "Origin: null": its token alone tells that it is ours.
    const form = parseBody(formInput, ctx.request.body);
    sessions.requireCsrfToken(ctx, null, form.csrf_token);
    if (!(await emailVerification.verify(form.link, clientAddress(ctx))))
      return showSpent(ctx, sessions, form.link);
    seeOther(ctx, `${paths.verify}?done=1`);
  };
}

/** The link is over. Whoever is signed in to its account, with the address proven, is told that it is proven instead. */
async function showSpent(ctx: Context, sessions: BrowserSessions, link: string): Promise<void> {
  const account = (await sessions.read(ctx))?.account;
  if (account?.emailVerified === true && ownerOfLink(link) === account.id)
    return showPageOfLink(ctx, 200, verifiedPage(pageTexts(ctx)));
  showPageOfLink(ctx, 410, spentVerificationPage(pageTexts(ctx)));
}

/** `POST /account/verify`: sends the link again, a few times an hour at most. */
export function sendVerification({ sessions, emailVerification, limits }: VerifyPagesDeps): Middleware {
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return signInFirst(ctx, 'sessions');
    sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
    await limits.admitWrite(writingPerson(sessions, signedIn));
    await emailVerification.sendLink(signedIn.account, mailOriginOf(ctx), form.csrf_token);
    seeOther(ctx, `${paths.sessions}?done=verification`);
  };
}
