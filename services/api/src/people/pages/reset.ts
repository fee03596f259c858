import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { parseBody } from '../../http/parse-body.ts';
import type { Problem } from '../../http/problem.ts';
import { paths } from '../../pages/paths.ts';
import { refusedForm } from '../../pages/refused-form.ts';
import { seeOther } from '../../pages/see-other.ts';
import { pageTexts, showPageOfLink } from '../../pages/show-page.ts';
import { mailOriginOf } from '../account-mails.ts';
import type { BrowserSessions } from '../browser-sessions.ts';
import { type PasswordReset, passwordResetInput, programsAfterReset } from '../password-reset.ts';
import { passwordFaultIn } from './new-password-field.ts';
import { resetDonePage, type ResetInput, resetPage, spentLinkPage } from './reset-page.ts';

export interface ResetPagesDeps {
  readonly sessions: BrowserSessions;
  readonly passwordReset: PasswordReset;
}

const optionalText = z.string().max(254).catch('');
const formInput = passwordResetInput
  .pick({ programs: true })
  .extend({ csrf_token: optionalText, link: optionalText });

/** `GET /reset?link=…`: asks for the new password. It spends nothing, so that a scanner of mail may look. 410 for a link that is over. */
export function showReset(deps: ResetPagesDeps): Middleware {
  return async (ctx) => {
    if (ctx.query['done'] !== undefined) return showHere(ctx, 200, resetDonePage(pageTexts(ctx)));
    const link = typeof ctx.query['link'] === 'string' ? ctx.query['link'] : '';
    await showForm(ctx, deps, 200, link, { programs: programsAfterReset });
  };
}

/** `POST /reset`: sets the password, once, ends all sessions and says so; or shows the form again. */
export function submitReset(deps: ResetPagesDeps): Middleware {
  const { sessions, passwordReset } = deps;
  return async (ctx) => {
    // Browsers send a form of a page without referrers with "Origin: null": its token alone tells that it is ours.
    const form = parseBody(formInput, ctx.request.body);
    sessions.requireCsrfToken(ctx, null, form.csrf_token);
    const { link } = form;
    try {
      const input = parseBody(passwordResetInput, ctx.request.body);
      if (!(await passwordReset.reset(link, input, mailOriginOf(ctx)))) return showSpent(ctx);
    } catch (error) {
      const { status, problem } = refusedForm(ctx, error, newPasswordFaultIn);
      return showForm(ctx, deps, status, link, { problem, programs: form.programs });
    }
    seeOther(ctx, `${paths.reset}?done=1`);
  };
}

const newPasswordFaultIn = (refusal: Problem) =>
  refusal.field === 'new_password' ? passwordFaultIn(refusal) : undefined;

async function showForm(
  ctx: Context,
  { sessions, passwordReset }: ResetPagesDeps,
  status: number,
  link: string,
  shown: Pick<ResetInput, 'problem' | 'programs'>,
): Promise<void> {
  const passwordMinLength = await passwordReset.minLengthFor(link);
  if (passwordMinLength === null) return showSpent(ctx);
  const input = { csrfToken: sessions.csrfTokenFor(ctx, null), link, passwordMinLength, ...shown };
  showHere(ctx, status, resetPage(input, pageTexts(ctx)));
}

function showSpent(ctx: Context): void {
  showHere(ctx, 410, spentLinkPage(pageTexts(ctx)));
}

function showHere(ctx: Context, status: number, page: string): void {
  showPageOfLink(ctx, status, page, 'showPassword');
}
