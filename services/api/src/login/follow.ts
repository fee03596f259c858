import { foldUserCode, loginCandidates, type Progress } from '@ravi/device-login';
import type { ServiceKeyGenerations } from '@ravi/runtime';
import type { Middleware } from 'koa';
import type { BrowserSessions } from '../people/browser-sessions.ts';
import { Problem } from '../http/problem.ts';
import type { Watched, WatchedPages } from './watched-pages.ts';

export interface FollowDeps {
  readonly watchedPages: WatchedPages;
  readonly sessions: BrowserSessions;
  readonly keys: ServiceKeyGenerations;
}

/** `Retry-After` for a page that could not be held. */
const askAgainSeconds = 5;

const words: Record<Exclude<Progress, 'unknown'>, string> = {
  waiting: 'approved',
  collected: 'collected',
  denied: 'denied',
  aborted: 'aborted',
};

/**
 * `GET /api/auth/device/status/?user_code=`: the progress of a login that this person approved. Held until the program has
 * collected its credentials, for some seconds at most. 404 for every login that this person did not decide: so nothing can be
 * learnt by guessing codes here.
 */
export function followLogin({ watchedPages, sessions, keys }: FollowDeps): Middleware {
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    // Before anything is waited for, so that a page that is closed meanwhile is noticed.
    const gone = new AbortController();
    ctx.res.once('close', () => gone.abort());
    const signedIn = await sessions.read(ctx);
    if (signedIn === null) throw new Problem('not_signed_in', 'Sign in first.');
    const typed = ctx.query['user_code'];
    const userCode = typeof typed === 'string' ? foldUserCode(typed) : null;
    let watched: Watched = { progress: 'unknown', turnedAway: false };
    for (const { loginId } of userCode === null ? [] : loginCandidates(userCode, keys)) {
      watched = await watchedPages.follow(loginId, signedIn.account.id, gone.signal);
      if (watched.progress !== 'unknown') break;
    }
    if (watched.progress === 'unknown')
      throw new Problem('not_found', 'No login that you decided has this user_code.');
    if (watched.turnedAway) ctx.set('Retry-After', String(askAgainSeconds));
    if (watchedPages.closed) ctx.set('Connection', 'close');
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { status: words[watched.progress] };
  };
}
