import type { Account, ToldOnce } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { Clock } from '@ravi/runtime';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import type { AccountMails } from '../account-mails.ts';
import type { PasswordAccounts } from '../password-accounts.ts';
import { clientAddress } from '../../http/client-address.ts';
import type { Limits } from '../../limits/limits.ts';
import { writingPerson } from '../writing-person.ts';
import { signsInWithPassword } from '../signs-in-with-password.ts';
import type { BrowserSessions } from '../browser-sessions.ts';
import type { KnownBrowsers } from '../known-browsers.ts';
import { parseBody } from '../../http/parse-body.ts';
import { seeOther, signInFirst } from '../../pages/see-other.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import { paths } from '../../pages/paths.ts';
import { sessionsPage } from './sessions-page.ts';

export interface SessionsPagesDeps {
  readonly sessions: BrowserSessions;
  readonly browsers: KnownBrowsers;
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly limits: Limits;
  readonly passwordAccounts: PasswordAccounts;
  readonly embeddedAccounts: boolean;
  readonly mails: AccountMails;
  readonly toldOnce: Pick<ToldOnce, 'claim'>;
}

const formInput = z.object({
  csrf_token: z.string().max(254).catch(''),
  session: z.string().max(64).catch(''),
});

/** `GET /account/sessions`: where this person is signed in. */
export function showSessions(deps: SessionsPagesDeps): Middleware {
  const { sessions, clock, mails } = deps;
  return async (ctx) => {
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return signInFirst(ctx, 'sessions');
    const [open, hasPassword] = await Promise.all([
      sessions.list(signedIn),
      signsInWithPassword(deps, signedIn.account),
    ]);
    const input = {
      csrfToken: sessions.csrfTokenFor(ctx, signedIn),
      account: { email: signedIn.account.email },
      sessions: open.map(({ session, current }) => ({
        id: session.id,
        address: session.address,
        userAgent: session.userAgent,
        startedSecondsAgo: Math.max(0, Math.round((clock.nowMs() - session.startedAtMs) / 1000)),
        current,
      })),
      hasPassword,
      unverified:
        mails.enabled && !signedIn.account.emailVerified
          ? ctx.query['done'] === 'verification'
            ? ('sent' as const)
            : ('unsent' as const)
          : undefined,
      addressWanted: ctx.query['done'] === 'address',
      passwordChanged: ctx.query['done'] === 'password',
    };
    showPage(ctx, 200, sessionsPage(input, pageTexts(ctx)));
  };
}

/** `POST /account/sessions/end`: ends one session; does nothing if it has ended already or is somebody else's. */
export function endSession(deps: SessionsPagesDeps): Middleware {
  const { sessions, limits } = deps;
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    const signedIn = await sessions.read(ctx);
    // Sent twice: the other one changed the cookie. Whoever is not signed in is asked to, there.
    if (!signedIn) return seeOther(ctx, paths.sessions);
    sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
    await limits.admitWrite(writingPerson(sessions, signedIn));
    await sessions.end(ctx, signedIn, form.session, () => noteEnded(ctx, deps, signedIn.account));
    seeOther(ctx, paths.sessions);
  };
}

/** `POST /account/sessions/end-others`: ends all but this one, once. Sent twice, this browser goes on in the session of the other one. */
export function endOtherSessions(deps: SessionsPagesDeps): Middleware {
  const { sessions, browsers, limits, toldOnce } = deps;
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const { csrf_token: token } = parseBody(formInput, ctx.request.body);
    const before = await sessions.read(ctx);
    const signedIn = before ?? (await sessions.awaitTwin(ctx, token));
    if (!signedIn) return seeOther(ctx, paths.sessions);
    sessions.requireCsrfToken(ctx, signedIn, token);
    await limits.admitWrite(writingPerson(sessions, signedIn));
    const { sessionsEpoch } = signedIn.account;
    // Not again where the twin of this form did: the answer that this browser gets last may be its.
    const account =
      before === null
        ? signedIn.account
        : ((await sessions.endOthers(ctx, signedIn, token, sessionsEpoch)) ??
          (await sessions.awaitTwin(ctx, token))?.account);
    if (!account) return seeOther(ctx, paths.sessions);
    browsers.remember(ctx, account);
    if (await toldOnce.claim(`sessions of ${account.id} before ${account.sessionsEpoch}`))
      noteEnded(ctx, deps, account);
    await sessions.replicated(account);
    seeOther(ctx, paths.sessions);
  };
}

function noteEnded(ctx: Context, { audit }: SessionsPagesDeps, { id: user }: Account): void {
  audit.note({ event: 'session_ended', user, address: clientAddress(ctx) });
}
