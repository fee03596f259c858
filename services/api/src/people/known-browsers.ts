import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Account } from '@ravi/accounts';
import { type Clock, keyGenerations, type ServiceKeyGenerations, type ServiceKeys } from '@ravi/runtime';
import type { Context } from 'koa';
import type { HostCookies } from '../http/host-cookies.ts';

export interface KnownBrowsersDeps {
  readonly cookies: HostCookies;
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
}

const cookieName = 'ravi_browser';

/** How long a browser is known after the last sign-in there. */
const knownSeconds = 365 * 24 * 3600;

/** Maximum of accounts for which one browser is known: the people of a household. */
const maxAccounts = 4;

/** Time of creation (seconds), a random id, the account's id, and the HMAC that binds them to the account as it was then. */
const entryShape = /^(\d{10,11})\.([\w-]{16})\.([1-9]\d{0,15})\.[\w-]{43}$/;

/** What makes a browser known to an account, and stops that: the end of all sessions, as with a new password, and the first factor. */
export type KnownAccount = Pick<Account, 'id' | 'sessionsEpoch' | 'hasSecondFactor'>;

/**
 * Browsers that signed in to an account, recognised by a cookie that outlives the session. The cookie signs nobody
 * in: it only separates this browser's wrong passwords from those of strangers, which then cannot lock the owner out. It needs no
 * Redis: an HMAC proves it, for one account. It ends with the account's sessions, as when the password is changed, and with the
 * account's first factor. (OWASP: Slow Down Online Guessing Attacks with Device Cookies)
 */
export class KnownBrowsers {
  readonly #deps: KnownBrowsersDeps;

  constructor(deps: KnownBrowsersDeps) {
    this.#deps = deps;
  }

  /** The id of this browser if it signed in to this account within the last year; else null. */
  idFor(request: { readonly headers: IncomingHttpHeaders }, account: KnownAccount): string | null {
    const entry = this.#entries(request).find((candidate) => this.#isFor(candidate, account));
    return entry === undefined ? null : (entryShape.exec(entry)?.[2] ?? null);
  }

  /** Remembers a sign-in to this account, with a new id each time. */
  remember(ctx: Context, account: KnownAccount): void {
    const { cookies, keys, clock } = this.#deps;
    const made = `${Math.floor(clock.nowMs() / 1000)}.${randomBytes(12).toString('base64url')}.${account.id}`;
    const others = this.#entries(ctx).filter((entry) => ownerIn(entry) !== account.id);
    const entries = [`${made}.${proofOf(made, account, keys.current)}`, ...others].slice(0, maxAccounts);
    cookies.set(ctx, cookieName, entries.join('~'), knownSeconds);
  }

  #entries(request: { readonly headers: IncomingHttpHeaders }): readonly string[] {
    const entries = this.#deps.cookies.get(request, cookieName)?.split('~') ?? [];
    return entries.slice(0, maxAccounts).filter((entry) => entryShape.test(entry));
  }

  #isFor(entry: string, account: KnownAccount): boolean {
    if (ownerIn(entry) !== account.id) return false;
    const end = entry.lastIndexOf('.');
    const made = entry.slice(0, end);
    const ageSeconds = this.#deps.clock.nowMs() / 1000 - Number(made.split('.', 1)[0]);
    const presented = Buffer.from(entry.slice(end + 1));
    return (
      ageSeconds < knownSeconds &&
      keyGenerations(this.#deps.keys).some((keys) =>
        timingSafeEqual(presented, Buffer.from(proofOf(made, account, keys))),
      )
    );
  }
}

function ownerIn(entry: string): number {
  return Number(entryShape.exec(entry)?.[3]);
}

function proofOf(made: string, { sessionsEpoch, hasSecondFactor }: KnownAccount, keys: ServiceKeys): string {
  return createHmac('sha256', keys['known-browser'])
    .update(`${made} ${sessionsEpoch} ${hasSecondFactor ? 'factor' : 'password'}`)
    .digest('base64url');
}
