import type { Clock } from '@ravi/runtime';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { clientAddress } from '../../http/client-address.ts';
import { parseBody } from '../../http/parse-body.ts';
import { paths } from '../../pages/paths.ts';
import { refusedForm } from '../../pages/refused-form.ts';
import { seeOther } from '../../pages/see-other.ts';
import { pageTexts, showPageOfLink } from '../../pages/show-page.ts';
import { mailOriginOf } from '../account-mails.ts';
import type { BrowserSessions } from '../browser-sessions.ts';
import type { KnownBrowsers } from '../known-browsers.ts';
import type { ProviderSignIn } from '../provider-sign-in.ts';
import { programsAfterUndo, type SignInUndo, signInUndoInput } from '../sign-in-undo.ts';
import { passwordProblemIn } from './own-password-problem.ts';
import { undoDonePage, type UndoInput, undoOverPage, undoPage } from './undo-page.ts';

export interface UndoPagesDeps {
  readonly sessions: BrowserSessions;
  readonly browsers: KnownBrowsers;
  readonly signInUndo: SignInUndo;
  readonly providerSignIn: ProviderSignIn;
  readonly clock: Clock;
}

const optionalText = z.string().max(254).catch('');
const formInput = signInUndoInput.extend({ csrf_token: optionalText, link: optionalText });

/** `GET /account/undo?link=…`: shows a form, and changes nothing, so that a scanner of mail may look. 410 for a link that is over. */
export function showUndo(deps: UndoPagesDeps): Middleware {
  return async (ctx) => {
    const { done } = ctx.query;
    if (done !== undefined)
      return showPageOfLink(ctx, 200, undoDonePage(done === 'end' ? 'end' : 'keep', pageTexts(ctx)));
    const link = typeof ctx.query['link'] === 'string' ? ctx.query['link'] : '';
    await showForm(ctx, deps, 200, link, { programs: programsAfterUndo });
  };
}

/** `POST /account/undo`: spends the link and puts back how the person signed in; or shows the form again. */
export function submitUndo(deps: UndoPagesDeps): Middleware {
  const { sessions, browsers, signInUndo } = deps;
  return async (ctx) => {
    // Browsers send a form of a page without referrers with "Origin: null": its token alone tells that it is ours.
    const form = parseBody(formInput, ctx.request.body);
    sessions.requireCsrfToken(ctx, null, form.csrf_token);
    const { link, programs } = form;
    try {
      const became = await signInUndo.putBack(link, form, mailOriginOf(ctx), (account) => ({
        address: clientAddress(ctx),
        browser: browsers.idFor(ctx, account),
      }));
      if (became === null) return showPageOfLink(ctx, 410, undoOverPage(pageTexts(ctx)));
      seeOther(ctx, `${paths.undo}?done=${became}`);
    } catch (error) {
      const { status, ...refused } = refusedForm(ctx, error, passwordProblemIn);
      return showForm(ctx, deps, status, link, { ...refused, programs });
    }
  };
}

async function showForm(
  ctx: Context,
  { sessions, signInUndo, providerSignIn, clock }: UndoPagesDeps,
  status: number,
  link: string,
  shown: Pick<UndoInput, 'problem' | 'retryAfterSeconds' | 'programs'>,
): Promise<void> {
  const open = await signInUndo.find(link);
  if (open === null) return showPageOfLink(ctx, 410, undoOverPage(pageTexts(ctx)));
  const { account, asksPassword, changedAtMs, changes } = open;
  const nameOf = (provider: string) => providerSignIn.find(provider)?.config.label ?? provider;
  const input = {
    csrfToken: sessions.csrfTokenFor(ctx, null),
    link,
    email: account.email,
    changedSecondsAgo: Math.max(0, Math.round((clock.nowMs() - changedAtMs) / 1000)),
    changes: { ...changes, linked: changes.linked.map(nameOf), unlinked: changes.unlinked.map(nameOf) },
    asksPassword,
    ...shown,
  };
  showPageOfLink(ctx, status, undoPage(input, pageTexts(ctx)), 'showPassword');
}
