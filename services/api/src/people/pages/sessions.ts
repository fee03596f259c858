import type { AuditLog } from '@ravi/audit';
import type { Clock } from '@ravi/runtime';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import type { AccountMails } from '../account-mails.ts';
import type { PasswordAccounts } from '../password-accounts.ts';
import { clientAddress } from '../../http/client-address.ts';
import type { Limits } from '../../limits/limits.ts';
import { writingPerson } from '../writing-person.ts';
import type { BrowserSessions, SignedIn } from '../browser-sessions.ts';
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
}

const formInput = z.object({
  csrf_token: z.string().max(254).catch(''),
  session: z.string().max(64).catch(''),
});

/** `GET /account/sessions`: where this person is signed in. */
export function showSessions(deps: SessionsPagesDeps): Middleware {
  const { sessions, clock, passwordAccounts, embeddedAccounts, mails } = deps;
  return async (ctx) => {
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return signInFirst(ctx, 'sessions');
    const [open, hasPassword] = await Promise.all([
      sessions.list(signedIn),
      embeddedAccounts && passwordAccounts.hasPassword(signedIn.account),
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
  const { sessions } = deps;
  return submitted(deps, (ctx, signedIn, id, onEnded) => sessions.end(ctx, signedIn, id, onEnded));
}

/** `POST /account/sessions/end-others`: ends all but this one. */
export function endOtherSessions(deps: SessionsPagesDeps): Middleware {
  const { sessions, browsers } = deps;
  return submitted(deps, async (ctx, signedIn, _id, onEnded) => {
    browsers.remember(ctx, await sessions.endOthers(ctx, signedIn));
    onEnded();
  });
}

function submitted(
  { sessions, audit, limits }: SessionsPagesDeps,
  end: (ctx: Context, signedIn: SignedIn, id: string, onEnded: () => void) => Promise<void>,
): Middleware {
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    const signedIn = await sessions.read(ctx);
    // Sent twice: the other one changed the cookie. Whoever is not signed in is asked to, there.
    if (!signedIn) return seeOther(ctx, paths.sessions);
    sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
    await limits.admitWrite(writingPerson(sessions, signedIn));
    const { id: user } = signedIn.account;
    await end(ctx, signedIn, form.session, () =>
      audit.note({ event: 'session_ended', user, address: clientAddress(ctx) }),
    );
    seeOther(ctx, paths.sessions);
  };
}
