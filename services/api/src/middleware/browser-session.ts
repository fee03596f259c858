import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Account, SessionStore } from '@ravi/accounts';
import { sessionTtlSeconds } from '@ravi/accounts';
import { keyGenerations, type ServiceKeyGenerations, type ServiceKeys } from '@ravi/runtime';
import type { Context } from 'koa';
import { Problem } from '../problem.ts';

/** A signed-in human: the account, and the session's token, never to be logged. */
export interface SignedIn {
  readonly account: Account;
  readonly token: string;
}

/** What browser sessions need. */
export interface BrowserSessionsDeps {
  readonly sessions: SessionStore;
  readonly keys: ServiceKeyGenerations;
  readonly publicUrl: string;
}

const tokenShape = /^[\w-]{43}$/;

/**
 * Cookies, CSRF tokens and same-origin checks of the pages and the JSON calls behind them. The session cookie is the only
 * credential that approves: a Bearer token never does, so that a logged-in program cannot approve another.
 */
export class BrowserSessions {
  readonly #deps: BrowserSessionsDeps;
  readonly #secure: boolean;
  readonly #sessionCookie: string;
  readonly #visitCookie: string;

  constructor(deps: BrowserSessionsDeps) {
    this.#deps = deps;
    this.#secure = deps.publicUrl.startsWith('https://');
    const prefix = this.#secure ? '__Host-' : '';
    this.#sessionCookie = `${prefix}ravi_session`;
    this.#visitCookie = `${prefix}ravi_visit`;
  }

  /** Who is signed in; null for nobody. One round trip, none without a cookie. */
  async read(ctx: Context): Promise<SignedIn | null> {
    const token = ctx.cookies.get(this.#sessionCookie);
    if (token === undefined) return null;
    const account = await this.#deps.sessions.read(token);
    return account === null ? null : { account, token };
  }

  /** Who is signed in, for a JSON call. Throws 401 without a session, 403 without its CSRF token or from another site. */
  async require(ctx: Context): Promise<SignedIn> {
    this.requireSameOrigin(ctx);
    const signedIn = await this.read(ctx);
    if (signedIn === null) {
      throw new Problem('not_signed_in', 'Sign in first: POST /api/auth/login/ and keep the cookie.');
    }
    this.requireCsrfToken(ctx, signedIn, ctx.get('X-CSRF-Token'));
    return signedIn;
  }

  /** Signs the human in on this browser, with a fresh session. Returns the CSRF token that goes with it. */
  async open(ctx: Context, account: Account): Promise<string> {
    const before = ctx.cookies.get(this.#sessionCookie);
    if (before !== undefined) await this.#deps.sessions.close(before);
    const token = await this.#deps.sessions.open(account);
    this.#setCookie(ctx, this.#sessionCookie, token, sessionTtlSeconds);
    return this.#csrfToken(`session:${token}`);
  }

  /** Signs out. */
  async close(ctx: Context, signedIn: SignedIn): Promise<void> {
    await this.#deps.sessions.close(signedIn.token);
    this.#setCookie(ctx, this.#sessionCookie, '', 0);
  }

  /** The token that the forms of this page must carry: bound to the session, or to this visit before signing in. */
  csrfTokenFor(ctx: Context, signedIn: SignedIn | null): string {
    if (signedIn) return this.#csrfToken(`session:${signedIn.token}`);
    let visit = ctx.cookies.get(this.#visitCookie);
    if (visit === undefined || !tokenShape.test(visit)) {
      visit = randomBytes(32).toString('base64url');
      this.#setCookie(ctx, this.#visitCookie, visit, 3600);
    }
    return this.#csrfToken(`visit:${visit}`);
  }

  /** Throws 403 unless the token is the one that `csrfTokenFor` gave for this session or visit. */
  requireCsrfToken(ctx: Context, signedIn: SignedIn | null, presented: string | undefined): void {
    const bearer = signedIn
      ? `session:${signedIn.token}`
      : `visit:${ctx.cookies.get(this.#visitCookie) ?? ''}`;
    const fits = keyGenerations(this.#deps.keys).some((keys) =>
      sameText(presented ?? '', this.#csrfToken(bearer, keys)),
    );
    if (!fits)
      throw new Problem('csrf', 'The CSRF token is missing or belongs to another session. Reload the page.');
  }

  /** Throws 403 when a browser says that another site sent this. Programs send none of these headers. */
  requireSameOrigin(ctx: Context): void {
    const site = ctx.get('Sec-Fetch-Site');
    const origin = ctx.get('Origin');
    const crossSite = site !== '' && site !== 'same-origin' && site !== 'none';
    const foreignOrigin = origin !== '' && origin !== this.#deps.publicUrl && origin !== ownOrigin(ctx);
    if (crossSite || foreignOrigin) {
      throw new Problem('cross_site', 'This request came from another site.');
    }
  }

  #csrfToken(bearer: string, keys: ServiceKeys = this.#deps.keys.current): string {
    return createHmac('sha256', keys['csrf-token']).update(bearer).digest('base64url');
  }

  #setCookie(ctx: Context, name: string, value: string, maxAgeSeconds: number): void {
    const attributes = ['Path=/', 'HttpOnly', 'SameSite=Lax', `Max-Age=${maxAgeSeconds}`];
    if (this.#secure) attributes.push('Secure');
    ctx.append('Set-Cookie', `${name}=${value}; ${attributes.join('; ')}`);
  }
}

/** The origin by which the browser reached us without TLS in between: development under another name of this machine. */
function ownOrigin(ctx: Context): string {
  return `http://${ctx.get('Host')}`;
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
