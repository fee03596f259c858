import type { Credentials } from '../credentials.ts';
import type { LoginErrorCode } from '../login-error.ts';

/** A login that waits for its human. (RFC 8628 §3.2) */
export interface StartedLogin {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete: string | null;
  /** Two digits that the human may have to pick; null where the service does not ask for them. */
  readonly verificationNumber: string | null;
  readonly expiresInMs: number;
  readonly intervalMs: number;
}

/** Nobody answers, or says that it cannot now: another try may succeed. */
export interface Away {
  readonly kind: 'away';
  readonly reason: string;
  /** The server's `Retry-After`. */
  readonly retryAfterMs: number | null;
}

/** It will not work by trying again. */
export interface Failed {
  readonly kind: 'failed';
  readonly code: LoginErrorCode;
  readonly message: string;
}

export type StartOutcome = { readonly kind: 'started'; readonly login: StartedLogin } | Away | Failed;

/** The result of presenting a device_code. (RFC 8628 §3.5) */
export type AskOutcome =
  | { readonly kind: 'granted'; readonly credentials: Credentials }
  /** The server's `Retry-After` comes with an answer before the time for which it was asked to hold. */
  | { readonly kind: 'pending'; readonly retryAfterMs: number | null }
  | { readonly kind: 'slowDown'; readonly intervalMs: number | null }
  | { readonly kind: 'denied' }
  | { readonly kind: 'expired' }
  | Away
  | Failed;

/** The result of a refresh; `ended` is final. (RFC 6749 §6) */
export type RefreshOutcome =
  | { readonly kind: 'refreshed'; readonly credentials: Credentials }
  | { readonly kind: 'ended'; readonly reason: string }
  | Away
  | Failed;

/** The result of a log-out at the server. */
export type EndOutcome = { readonly kind: 'ended' } | Away | Failed;

/** The calls of an API. None of them rejects, whatever the server does. */
export interface LoginProtocol {
  start(signal?: AbortSignal): Promise<StartOutcome>;
  /** Presents the code once and asks to be held; gives up after `timeoutMs`. */
  ask(
    login: StartedLogin,
    hold: { readonly holdSeconds: number; readonly timeoutMs: number },
    signal?: AbortSignal,
  ): Promise<AskOutcome>;
  refresh(credentials: Credentials): Promise<RefreshOutcome>;
  /** Ends everything that the login gave. */
  end(credentials: Credentials): Promise<EndOutcome>;
}
