import { untilAborted } from './abortable.ts';
import type { Clock } from './clock.ts';
import type { Account, Credentials } from './credentials.ts';
import { DpopKey } from './dpop-key.ts';
import { endPatiently } from './end-patiently.ts';
import { LoginError } from './login-error.ts';
import type { Endpoints } from './protocol/metadata.ts';
import type { EndOutcome, LoginProtocol } from './protocol/protocol.ts';
import { protocolOf } from './protocol/protocol-of.ts';
import { requireEncryption } from './server-address.ts';
import type { CredentialStore } from './stores/credential-store.ts';

/** The result of a log-out. In both cases the store holds this login no more; one of another server or client that took its place stays there. */
export type LogoutResult =
  /** The login has ended everywhere. */
  | { readonly kind: 'ended' }
  /** The service could not be told: its human can end it on the page of connected programs. */
  | { readonly kind: 'endedHereOnly'; readonly reason: string };

/** A login in use. Its secrets are in private fields, so that no log shows them. */
export interface Session {
  readonly server: string;
  /** The account of the human who approved; null where the server does not tell it. */
  readonly account: Account | null;
  /**
   * Calls with the access token, refreshed when it is about to expire, or when the answer is 401: then the call is sent once more, unless its
   * body can be read only once, such as a stream. Its signal ends the wait for a refresh, too. Rejects as `fetch` does, and as `accessToken`.
   */
  fetch(input: string | URL, init?: RequestInit): Promise<Response>;
  /** An access token that is good for now. Rejects with a `LoginError`, such as `not_logged_in`, `session_ended` or `unavailable`. */
  accessToken(): Promise<string>;
  /** Everything that the login gave, secrets included; refreshed as by `accessToken`. */
  credentials(): Promise<Credentials>;
  /** Gets a new access token even if the current one is still valid; if another process just got one, takes that. Rejects as `accessToken`. */
  refresh(): Promise<void>;
  /**
   * Ends the login at the service, with the keys that it gave, and forgets it here; while the service is away it is asked three times. Rejects
   * with `store_unusable` where another process never gives the store free: then nothing has ended. Rejects as the store does where that
   * cannot be read or cleared: then the login has ended all the same, unless the service could not be told. What is no login
   * (`store_corrupted`) is cleared.
   */
  logout(): Promise<LogoutResult>;
}

export interface SessionParts {
  readonly credentials: Credentials;
  readonly store: CredentialStore;
  readonly clock: Clock;
  readonly endpoints?: Endpoints;
  readonly allowHttp?: boolean;
  readonly fetch?: typeof fetch;
}

/** A token is refreshed this long before it expires, or in the last tenth of its lifetime if that is shorter. */
const earlyMs = 60_000;

/** Attempts of a refresh whose answer was lost; the service repeats its answer for a while (REFRESH_GRACE_SECONDS). */
const refreshTries = 3;

/** Makes a session of credentials that the store keeps. */
export function createSession(parts: SessionParts): Session {
  return new StoredSession(parts);
}

class StoredSession implements Session {
  readonly server: string;
  readonly account: Account | null;
  readonly #store: CredentialStore;
  readonly #clock: Clock;
  readonly #fetch: typeof fetch;
  readonly #protocol: LoginProtocol;
  readonly #allowHttp: boolean;
  #current: Credentials;
  #dpop: Promise<DpopKey> | null = null;
  /** What a refresh gave and the store did not take: it takes the place of the login with this refresh token there. */
  #unkept: { readonly replaces: string | null; readonly credentials: Credentials } | null = null;
  /** The refresh under way: one for all calls of this process. */
  #refreshing: Promise<Credentials> | null = null;

  constructor({
    credentials,
    store,
    clock,
    endpoints,
    allowHttp = false,
    fetch = globalThis.fetch,
  }: SessionParts) {
    this.server = credentials.server;
    this.account = credentials.account;
    this.#current = credentials;
    this.#store = store;
    this.#clock = clock;
    this.#fetch = fetch;
    this.#allowHttp = allowHttp;
    this.#protocol = protocolOf(credentials, { fetch, nowMs: () => clock.nowMs(), endpoints });
  }

  async fetch(input: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(input);
    requireEncryption(url, this.#allowHttp);
    const used = await untilAborted(this.credentials(), init.signal);
    const answer = await this.#send(url, init, used);
    if (answer.status !== 401 || isUsedUp(init.body)) return answer;
    const refreshed = this.#refreshAfter(used).catch(() => null);
    const next = await untilAborted(refreshed, init.signal);
    if (next === null || next.accessToken === used.accessToken) return answer;
    await answer.body?.cancel();
    return this.#send(url, init, next);
  }

  async accessToken(): Promise<string> {
    return (await this.credentials()).accessToken;
  }

  async credentials(): Promise<Credentials> {
    if (!this.#isDue(this.#current)) return this.#current;
    try {
      return await this.#refreshAfter(this.#current);
    } catch (error) {
      // The service is away, or a proxy answers in its place: the current token is used until it expires.
      const { expiresAtMs } = this.#current;
      const isGood = expiresAtMs !== null && expiresAtMs > this.#clock.nowMs();
      const code = error instanceof LoginError ? error.code : null;
      if (isGood && (code === 'unavailable' || code === 'unexpected_answer')) return this.#current;
      throw error;
    }
  }

  async refresh(): Promise<void> {
    await this.#refreshAfter(this.#current);
  }

  async logout(): Promise<LogoutResult> {
    const outcome = await this.#store.exclusively(async () => {
      const reading = await this.#readForLogout();
      const stored = reading.kind === 'read' ? reading.stored : null;
      const ending = this.#ofThisLogin(stored) ?? this.#current;
      const ended = await endPatiently(ending, this.#protocol, this.#clock);
      this.#letGo();
      // What cannot be read for a moment may be a login of another server.
      if (reading.kind === 'unreadable') throw reading.error;
      if (!this.#isForeign(stored)) await this.#store.clear();
      return ended;
    });
    return logoutResult(outcome);
  }

  /** What the store holds; null also for what is no login. */
  async #readForLogout(): Promise<
    | { readonly kind: 'read'; readonly stored: Credentials | null }
    | { readonly kind: 'unreadable'; readonly error: unknown }
  > {
    try {
      return { kind: 'read', stored: await this.#store.read() };
    } catch (error) {
      if (error instanceof LoginError && error.code === 'store_corrupted')
        return { kind: 'read', stored: null };
      return { kind: 'unreadable', error };
    }
  }

  /** Sends a call with a token, again where the server wants a nonce in the proof. (RFC 9449 §9) */
  async #send(
    url: URL,
    init: RequestInit,
    { accessToken, tokenType, dpopKey }: Credentials,
  ): Promise<Response> {
    const once = async (key: DpopKey | null): Promise<Response> => {
      const headers = new Headers(init.headers);
      headers.set('authorization', `${tokenType} ${accessToken}`);
      const method = (init.method ?? 'GET').toUpperCase();
      if (key) headers.set('dpop', await key.proof(method, url.href, accessToken));
      return this.#fetch(url, { ...init, headers });
    };
    const key = dpopKey ? await (this.#dpop ??= DpopKey.fromJwk(dpopKey)) : null;
    const nonce = key?.nonceFor(url.href);
    const answer = await once(key);
    const challenge = answer.headers.get('www-authenticate') ?? '';
    const wantsNonce = answer.status === 401 && challenge.includes('use_dpop_nonce');
    if (!key?.noteNonce(url.href, answer.headers, wantsNonce ? { nonce } : null)) return answer;
    if (isUsedUp(init.body)) return answer;
    await answer.body?.cancel();
    return once(key);
  }

  #isDue({ issuedAtMs, expiresAtMs }: Credentials): boolean {
    if (expiresAtMs === null) return false;
    const nowMs = this.#clock.nowMs();
    return nowMs >= expiresAtMs - Math.min(earlyMs, (expiresAtMs - issuedAtMs) / 10);
  }

  #refreshAfter(used: Credentials): Promise<Credentials> {
    if (this.#current.accessToken !== used.accessToken) return Promise.resolve(this.#current);
    this.#refreshing ??= this.#refreshAlone(used).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** Lock, read again, refresh, write, unlock: of all processes one refreshes, the others take what it got. */
  #refreshAlone(used: Credentials): Promise<Credentials> {
    return this.#store.exclusively(async () => {
      const kept = await this.#newest(await this.#store.read());
      if (kept === null) throw notLoggedIn();
      if (kept.accessToken !== used.accessToken && !this.#isDue(kept)) return this.#use(kept);
      if (kept.refreshToken === null) {
        throw new LoginError(
          'session_ended',
          'The access token has ended and cannot be refreshed: log in again.',
        );
      }
      // A refresh token is spent only if the next one can be kept.
      await this.#store.probe();
      const outcome = await this.#tryRefresh(kept);
      // Another process may have taken the lock over, if this one was suspended meanwhile.
      const stored = await this.#store.read().catch((error: unknown) => {
        if (outcome.kind === 'refreshed') this.#hold(outcome.credentials, kept.refreshToken);
        throw error;
      });
      const newest = await this.#newest(stored);
      if (newest !== null && newest.refreshToken !== kept.refreshToken) return this.#use(newest);
      switch (outcome.kind) {
        case 'refreshed':
          if (!this.#isForeign(stored)) return this.#keep(outcome.credentials, kept.refreshToken);
          // Nobody keeps what came: it is ended, if the service can be told.
          await this.#protocol.end(outcome.credentials);
          throw notLoggedIn();
        case 'ended':
          this.#letGo();
          if (newest !== null) await this.#store.clear();
          throw new LoginError(
            'session_ended',
            `The login has ended: log in again. ${this.server} says: ${outcome.reason}`,
          );
        case 'away':
          throw new LoginError('unavailable', `${outcome.reason}.`);
        case 'failed':
          throw new LoginError(outcome.code, outcome.message);
      }
    });
  }

  /** The login as the store has it, or as a refresh left it whose result the store did not take; null where the store has none or a foreign one. */
  async #newest(stored: Credentials | null): Promise<Credentials | null> {
    const own = this.#ofThisLogin(stored);
    const unkept = this.#unkept;
    if (unkept === null || own === null || own.refreshToken !== unkept.replaces) return own;
    return this.#keep(unkept.credentials, unkept.replaces);
  }

  /** Null for a login of another server or client that took the place of this one in the store: its tokens do not go to this server. */
  #ofThisLogin(stored: Credentials | null): Credentials | null {
    const { server, clientId } = this.#current;
    return stored?.server === server && stored.clientId === clientId ? stored : null;
  }

  /** Whether the store holds a login of another server or client: it is neither overwritten nor cleared. */
  #isForeign(stored: Credentials | null): boolean {
    return stored !== null && this.#ofThisLogin(stored) === null;
  }

  /** Uses and keeps what a refresh gave. Where the store rejects, this process has it all the same, and tries again to keep it. */
  async #keep(credentials: Credentials, replaces: string | null): Promise<Credentials> {
    this.#hold(credentials, replaces);
    await this.#store.write(credentials);
    this.#unkept = null;
    return credentials;
  }

  /** Uses the token of a login that ended no more: whoever asks for it is told that nobody is logged in, or why the store cannot be used. */
  #letGo(): void {
    this.#current = { ...this.#current, expiresAtMs: 0 };
  }

  /** Uses what a refresh gave, and remembers that the store does not have it yet. */
  #hold(credentials: Credentials, replaces: string | null): void {
    this.#use(credentials);
    this.#unkept = { replaces, credentials };
  }

  async #tryRefresh(kept: Credentials): ReturnType<LoginProtocol['refresh']> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#protocol.refresh(kept);
      if (outcome.kind !== 'away' || attempt === refreshTries) return outcome;
      await this.#clock.pause(
        Math.min(outcome.retryAfterMs ?? 0, 2_000) + attempt * 200 + this.#clock.random() * 200,
      );
    }
  }

  #use(credentials: Credentials): Credentials {
    if (credentials.dpopKey?.x !== this.#current.dpopKey?.x) this.#dpop = null;
    this.#current = credentials;
    return credentials;
  }
}

/** Whether a body that was sent is gone: a stream, of the web or of Node, or another source of parts that is read once. */
function isUsedUp(body: unknown): boolean {
  // Not every platform's stream can be iterated.
  if (body instanceof ReadableStream) return true;
  return typeof body === 'object' && body !== null && (Symbol.asyncIterator in body || 'next' in body);
}

function notLoggedIn(): LoginError {
  return new LoginError('not_logged_in', 'This login has ended: log in again.');
}

function logoutResult(outcome: EndOutcome): LogoutResult {
  switch (outcome.kind) {
    case 'ended':
      return { kind: 'ended' };
    case 'away':
      return { kind: 'endedHereOnly', reason: outcome.reason };
    case 'failed':
      return { kind: 'endedHereOnly', reason: outcome.message };
  }
}
