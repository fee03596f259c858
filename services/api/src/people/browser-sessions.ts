import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type {
  Account,
  AccountStore,
  Authentication,
  AuthenticationMethod,
  LiveSession,
  OpenSession,
  SessionStore,
} from '@ravi/accounts';
import { isRedisFull } from '@ravi/redis';
import { type Clock, keyGenerations, type ServiceKeyGenerations, type ServiceKeys } from '@ravi/runtime';
import type { IncomingHttpHeaders } from 'node:http';
import type { Context } from 'koa';
import { clientAddress } from '../http/client-address.ts';
import { Problem } from '../http/problem.ts';
import { toldLanguage } from '../pages/page-texts.ts';
import { maskToken, unmaskToken } from './csrf-mask.ts';
import type { HostCookies } from '../http/host-cookies.ts';

/** A signed-in human: the account, how they proved who they are, and the session's token, never to be logged. */
export interface SignedIn extends LiveSession {
  readonly token: string;
}

/** The part of a request that sessions read, from the quick step or the router. */
interface WithHeaders {
  readonly headers: IncomingHttpHeaders;
}

export interface BrowserSessionsDeps {
  readonly sessionStore: SessionStore;
  readonly accountStore: Pick<AccountStore, 'end' | 'noteLanguage' | 'replicated'>;
  readonly keys: ServiceKeyGenerations;
  readonly cookies: HostCookies;
  readonly clock: Clock;
  readonly publicUrl: string;
}

/** One of a person's open sessions; `current` is the one that asks. */
export interface ListedSession {
  readonly session: OpenSession;
  readonly current: boolean;
}

const sessionCookie = 'ravi_session';
const visitCookie = 'ravi_visit';
const tokenShape = /^[\w-]{43}$/;

/**
 * Cookies, CSRF tokens and same-origin checks of the pages and the JSON calls behind them. The session cookie is the only
 * credential that approves: a Bearer token never does, so that a logged-in program cannot approve another.
 */
export class BrowserSessions {
  readonly #deps: BrowserSessionsDeps;

  constructor(deps: BrowserSessionsDeps) {
    this.#deps = deps;
  }

  /** Who is signed in; null for nobody. One round trip, two for a session that this process sees first, none without a cookie. */
  async read(request: WithHeaders): Promise<SignedIn | null> {
    const token = this.#deps.cookies.get(request, sessionCookie);
    if (token === undefined) return null;
    const session = await this.#deps.sessionStore.read(token, this.#deps.clock.nowMs());
    return session === null ? null : { ...session, token };
  }

  /** Who is signed in, for a JSON call. Throws 401 without a session, 403 without its CSRF token or from another site. */
  async require(request: WithHeaders): Promise<SignedIn> {
    this.requireSameOrigin(request);
    const signedIn = await this.read(request);
    if (signedIn === null) {
      throw new Problem('not_signed_in', 'Sign in first: POST /api/auth/login/ and keep the cookie.');
    }
    this.requireCsrfToken(request, signedIn, headerOf(request, 'x-csrf-token'));
    return signedIn;
  }

  /**
   * Signs the human in on this browser, with a fresh session. An authentication of before keeps its time. Returns the CSRF token that
   * goes with it.
   */
  async open(
    ctx: Context,
    account: Account,
    method: AuthenticationMethod & Partial<Authentication>,
  ): Promise<string> {
    const { cookies, sessionStore, accountStore, clock } = this.#deps;
    const language = toldLanguage(ctx);
    if (language !== '' && language !== account.language)
      await accountStore.noteLanguage(account.id, language);
    const before = cookies.get(ctx, sessionCookie);
    if (before !== undefined) await sessionStore.close(before);
    const origin = { address: clientAddress(ctx), userAgent: ctx.get('User-Agent') };
    const nowMs = clock.nowMs();
    const token = await sessionStore.open(account, origin, nowMs, method);
    this.#setCookie(ctx, token, nowMs + sessionStore.maxSeconds * 1000);
    return this.#csrfToken(`session:${sessionStore.idOf(token)}`);
  }

  /**
   * Notes that the human of this session proved again who they are. The browser continues under another cookie, and the forms of all
   * its tabs stay valid; a copy of the old cookie is worthless. If the session has just ended, nobody is signed in.
   */
  async renew(
    ctx: Context,
    { token, endsAtMs }: SignedIn,
    method: AuthenticationMethod,
    form = '',
  ): Promise<void> {
    const { sessionStore, clock } = this.#deps;
    const renewed = await sessionStore.renew(token, method, clock.nowMs(), form);
    if (renewed !== null) this.#setCookie(ctx, renewed, endsAtMs);
  }

  /**
   * Goes on in the epoch of sessions that has just begun with a change of how the person signs in: all others have ended. They proved anew
   * who they are where a method is named. `form` is the token of the form that changed it. Resolves to the account in that epoch.
   */
  async goOnAlone(
    ctx: Context,
    { account, token, endsAtMs }: SignedIn,
    epoch: string,
    form: string,
    method: AuthenticationMethod | null = null,
  ): Promise<Account> {
    const { sessionStore, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const going =
      method === null
        ? sessionStore.rotate(token, nowMs, form, epoch)
        : sessionStore.renew(token, method, nowMs, form, epoch);
    const next = await going.catch(async (error: unknown) => {
      if (!isRedisFull(error)) throw error;
      // There is no room for another session: this one goes on under the same cookie.
      await sessionStore.moveOn(token, epoch);
      return null;
    });
    if (next !== null) this.#setCookie(ctx, next, endsAtMs);
    return { ...account, sessionsEpoch: epoch };
  }

  /**
   * Who is signed in, for a form that may have come twice: where it was this form that changed the cookie, a minute ago at most, this
   * browser goes on, although it never got the answer. Null for nobody.
   */
  async readForForm(ctx: Context, form: string): Promise<SignedIn | null> {
    const { sessionStore, clock } = this.#deps;
    return (
      (await this.read(ctx)) ??
      this.#goOnFrom(ctx, (before) => sessionStore.continuedBy(before, form, clock.nowMs()))
    );
  }

  /** The same for a form that ends sessions: waits while its twin, which has ended this one, is about to go on. */
  async awaitForForm(ctx: Context, form: string): Promise<SignedIn | null> {
    return (await this.read(ctx)) ?? this.awaitTwin(ctx, form);
  }

  /** The session in which a twin of this form, which ended all others, goes on: this browser goes on there. Null where there is none. */
  async awaitTwin(ctx: Context, form: string): Promise<SignedIn | null> {
    const { sessionStore, clock } = this.#deps;
    const isItsForm = (firstId: string) => this.#fits(`session:${firstId}`, form);
    return this.#goOnFrom(ctx, (before) =>
      sessionStore.awaitContinuedBy(before, form, clock.nowMs(), isItsForm),
    );
  }

  /** Whether this browser does not have the cookie of the session yet: a twin of its form goes on there, whose answer may have been lost. */
  isFoundByTwin(request: WithHeaders, { token }: SignedIn): boolean {
    return this.#deps.cookies.get(request, sessionCookie) !== token;
  }

  async #goOnFrom(ctx: Context, next: (before: string) => Promise<string | null>): Promise<SignedIn | null> {
    const { cookies, sessionStore, clock } = this.#deps;
    const before = cookies.get(ctx, sessionCookie);
    const token = before === undefined ? null : await next(before);
    const session = token === null ? null : await sessionStore.read(token, clock.nowMs());
    if (token === null || session === null) return null;
    this.#setCookie(ctx, token, session.endsAtMs);
    return { ...session, token };
  }

  /** The cookie lives as long as its session can. */
  #setCookie(ctx: Context, token: string, endsAtMs: number): void {
    const { cookies, clock } = this.#deps;
    cookies.set(ctx, sessionCookie, token, Math.max(1, Math.ceil((endsAtMs - clock.nowMs()) / 1000)));
  }

  /**
   * Signs out. Calls `onEnded` if this ended the session, and not a twin of the request, even if it rejects because replicas do not know of
   * it yet.
   */
  async close(ctx: Context, signedIn: SignedIn, onEnded: () => void): Promise<void> {
    const { sessionStore, cookies } = this.#deps;
    const hasEnded = await sessionStore.close(signedIn.token);
    cookies.set(ctx, sessionCookie, '', 0);
    if (hasEnded) onEnded();
    await sessionStore.replicated(sessionStore.idOf(signedIn.token));
  }

  /** The person's open sessions, this one first and then the newest. */
  async list({ account, token }: SignedIn): Promise<readonly ListedSession[]> {
    const { sessionStore, clock } = this.#deps;
    const id = sessionStore.idOf(token);
    const open = await sessionStore.list(account.id, clock.nowMs());
    return open
      .map((session) => ({ session, current: session.id === id }))
      .toSorted((a, b) => Number(b.current) - Number(a.current));
  }

  /** Names a session without opening it: for limits and lists. */
  idOf({ token }: SignedIn): string {
    return this.#deps.sessionStore.idOf(token);
  }

  /**
   * Ends one of the person's sessions, perhaps this one; somebody else's stays. Calls `onEnded` if one has ended, even if it rejects
   * because replicas do not know of it yet.
   */
  async end(ctx: Context, signedIn: SignedIn, id: string, onEnded: () => void): Promise<void> {
    const { sessionStore } = this.#deps;
    if (id === sessionStore.idOf(signedIn.token)) return this.close(ctx, signedIn, onEnded);
    if (await sessionStore.end(signedIn.account.id, id)) onEnded();
    await sessionStore.replicated(id);
  }

  /**
   * Ends all of the person's sessions but this one, which goes on under another cookie: somebody else may have a copy of this one. It proves
   * nothing anew. `form` is the token of the form that asks for it; `epoch` the one in which the sessions still are, or empty for
   * whichever. Resolves to the account in its new epoch; null where that is another one by now, perhaps by a twin of the form.
   */
  async endOthers(ctx: Context, signedIn: SignedIn, form: string, epoch: string): Promise<Account | null> {
    const ended = await this.#deps.accountStore.end(signedIn.account.id, 'sessions', null, epoch);
    return ended === null ? null : this.goOnAlone(ctx, signedIn, ended.epoch, form);
  }

  /** Resolves once enough replicas know which sessions of the account ended (`RECORDS_REPLICAS`). Rejects with `NotReplicated`. */
  async replicated({ id }: Account): Promise<void> {
    await this.#deps.accountStore.replicated(id);
  }

  /** The token that the forms of this page must carry, different in each: bound to the session, or to this visit before signing in. */
  csrfTokenFor(ctx: Context, signedIn: SignedIn | null): string {
    if (signedIn) return maskToken(this.#csrfToken(`session:${signedIn.firstId}`));
    let visit = this.#deps.cookies.get(ctx, visitCookie);
    if (visit === undefined || !tokenShape.test(visit)) visit = randomBytes(32).toString('base64url');
    // Anew with each page: one that is shown late in a visit has its hour, too.
    this.#deps.cookies.set(ctx, visitCookie, visit, 3600);
    return maskToken(this.#csrfToken(`visit:${visit}`));
  }

  /** Throws 403 unless the token is the one that `csrfTokenFor` gave for this session or visit. */
  requireCsrfToken(request: WithHeaders, signedIn: SignedIn | null, presented: string | undefined): void {
    const bearer = signedIn
      ? `session:${signedIn.firstId}`
      : `visit:${this.#deps.cookies.get(request, visitCookie) ?? ''}`;
    if (!this.#fits(bearer, presented)) {
      const reason = headerOf(request, 'cookie') === '' ? { reason: 'no_cookie' } : {};
      throw new Problem(
        'csrf',
        'The CSRF token is missing or belongs to another session. Reload the page.',
        reason,
      );
    }
  }

  /** Throws 403 when a browser says that another site sent this. Programs send none of these headers. */
  requireSameOrigin(request: WithHeaders): void {
    const site = headerOf(request, 'sec-fetch-site');
    const origin = headerOf(request, 'origin');
    const crossSite = site !== '' && site !== 'same-origin' && site !== 'none';
    const foreignOrigin =
      origin !== '' && origin !== this.#deps.publicUrl && !this.#isOwnName(request, origin);
    if (crossSite || foreignOrigin) {
      throw new Problem('cross_site', 'This request came from another site.');
    }
  }

  /** In development this machine may have another name; over TLS only PUBLIC_URL is ours. */
  #isOwnName(request: WithHeaders, origin: string): boolean {
    return !this.#deps.publicUrl.startsWith('https://') && origin === `http://${headerOf(request, 'host')}`;
  }

  #fits(bearer: string, presented = ''): boolean {
    return keyGenerations(this.#deps.keys).some((keys) =>
      sameText(unmaskToken(presented), this.#csrfToken(bearer, keys)),
    );
  }

  #csrfToken(bearer: string, keys: ServiceKeys = this.#deps.keys.current): string {
    return createHmac('sha256', keys['csrf-token']).update(bearer).digest('base64url');
  }
}

/** One field of a header; empty where it is missing. */
function headerOf({ headers }: WithHeaders, name: string): string {
  return String(headers[name] ?? '');
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
