import type { Middleware } from 'koa';
import { z } from 'zod';
import { parseBody } from '../../http/parse-body.ts';
import type { Problem } from '../../http/problem.ts';
import { paths, withPending } from '../../pages/paths.ts';
import { refusedForm } from '../../pages/refused-form.ts';
import { carried, seeOther } from '../../pages/see-other.ts';
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
const formInput = z.object({
  csrf_token: optionalText,
  user_code: optionalText,
  next: optionalText,
  email: optionalText,
});

/** `GET /forgot`: asks for an address, which a link may bring along; says whom to ask where no mail is sent. */
export function showForgot({ sessions, passwordReset }: ForgotPagesDeps): Middleware {
  return (ctx) => {
    const texts = pageTexts(ctx);
    const pending = carried(ctx.query['user_code'], ctx.query['next']);
    if (!passwordReset.sendsLinks) return showPage(ctx, 200, forgotAskPage(pending, texts));
    if (ctx.query['sent'] !== undefined) return showPage(ctx, 200, forgotSentPage(pending, texts));
    const { email } = parseBody(z.object({ email: optionalText }), ctx.query);
    const csrfToken = sessions.csrfTokenFor(ctx, null);
    showPage(ctx, 200, forgotPage({ csrfToken, email, ...pending }, texts));
  };
}

/** `POST /forgot`: sends a link, and answers the same whether or not an account has the address. */
export function submitForgot({ sessions, passwordReset }: ForgotPagesDeps): Middleware {
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    sessions.requireCsrfToken(ctx, null, form.csrf_token);
    const pending = carried(form.user_code, form.next);
    if (!passwordReset.sendsLinks) return seeOther(ctx, withPending(paths.forgot, pending));
    try {
      const input = parseBody(forgotInput, ctx.request.body);
      await passwordReset.ask(input, mailOriginOf(ctx), form.csrf_token);
    } catch (error) {
      const { status, ...refused } = refusedForm(ctx, error, problemOf);
      const csrfToken = sessions.csrfTokenFor(ctx, null);
      const input = { csrfToken, email: form.email, ...refused, ...pending };
      return showPage(ctx, status, forgotPage(input, pageTexts(ctx)));
    }
    const sent = withPending(paths.forgot, pending);
    seeOther(ctx, `${sent}${sent.includes('?') ? '&' : '?'}sent=1`);
  };
}

function problemOf({ code }: Problem): ForgotProblem | undefined {
  if (code === 'invalid_request') return 'invalidEmail';
  return code === 'rate_limited' ? 'tooManyAttempts' : undefined;
}
