import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { parseBody } from '../../http/parse-body.ts';
import { Problem } from '../../http/problem.ts';
import { paths } from '../../pages/paths.ts';
import { seeOther } from '../../pages/see-other.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import { mailOriginOf } from '../account-mails.ts';
import type { BrowserSessions } from '../browser-sessions.ts';
import { forgotInput, type PasswordReset } from '../password-reset.ts';
import { forgotAskPage, forgotPage, type ForgotProblem, forgotSentPage } from './forgot-page.ts';

export interface ForgotPagesDeps {
  readonly sessions: BrowserSessions;
  readonly passwordReset: PasswordReset;
}

const optionalText = z.string().max(254).catch('');
const formInput = z.object({ csrf_token: optionalText, email: optionalText });

/** `GET /forgot`: asks for an address; says whom to ask where no mail is sent. */
export function showForgot({ sessions, passwordReset }: ForgotPagesDeps): Middleware {
  return (ctx) => {
    const texts = pageTexts(ctx);
    if (!passwordReset.sendsLinks) return showPage(ctx, 200, forgotAskPage(texts));
    if (ctx.query['sent'] !== undefined) return showPage(ctx, 200, forgotSentPage(texts));
    showPage(ctx, 200, forgotPage({ csrfToken: sessions.csrfTokenFor(ctx, null) }, texts));
  };
}

/** `POST /forgot`: sends a link, and answers the same whether or not an account has the address. */
export function submitForgot({ sessions, passwordReset }: ForgotPagesDeps): Middleware {
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    sessions.requireCsrfToken(ctx, null, form.csrf_token);
    if (!passwordReset.sendsLinks) return seeOther(ctx, paths.forgot);
    try {
      await passwordReset.ask(parseBody(forgotInput, ctx.request.body), mailOriginOf(ctx));
    } catch (error) {
      const problem = error instanceof Problem ? problemOf(error) : undefined;
      if (problem === undefined || !(error instanceof Problem)) throw error;
      return showAgain(ctx, error, {
        csrfToken: sessions.csrfTokenFor(ctx, null),
        email: form.email,
        problem,
      });
    }
    seeOther(ctx, `${paths.forgot}?sent=1`);
  };
}

function showAgain(
  ctx: Context,
  { status, retryAfterSeconds }: Problem,
  input: Parameters<typeof forgotPage>[0],
): void {
  if (retryAfterSeconds !== undefined) ctx.set('Retry-After', String(retryAfterSeconds));
  showPage(ctx, status, forgotPage({ ...input, retryAfterSeconds }, pageTexts(ctx)));
}

function problemOf({ code }: Problem): ForgotProblem | undefined {
  if (code === 'invalid_request') return 'invalidEmail';
  return code === 'rate_limited' ? 'tooManyAttempts' : undefined;
}
