/** Why a login, or the use of one, did not work. These words never change; the sentences may. */
export type LoginErrorCode =
  /** The human said no. (RFC 8628 §3.5) */
  | 'access_denied'
  /** Nobody approved the code in time. */
  | 'expired_token'
  /** The `signal` was aborted. The code stays good until it expires, and nothing was stored. */
  | 'aborted'
  /** The service does not answer, or says that it cannot now. Worth another try. */
  | 'unavailable'
  /** The answer is not the service's: it is a proxy's page, another program's, or broken. */
  | 'unexpected_answer'
  /** The service refuses this program or its request, and says why in the message. */
  | 'refused'
  /** The authorization server has no device flow, or not what was asked for. */
  | 'unsupported'
  /** No login is kept in the store. */
  | 'not_logged_in'
  /** The login was ended: by its human, by a log-out elsewhere, or by its age. Log in again. */
  | 'session_ended'
  /** The store cannot be read or written. */
  | 'store_unusable'
  /** The store's content is not a login. */
  | 'store_corrupted';

/** The one error that this package throws, but for a `TypeError` where an option is wrong. Never holds a code, token or key. */
export class LoginError extends Error {
  override readonly name: string = 'LoginError';
  /** Branch on this. */
  readonly code: LoginErrorCode;

  constructor(code: LoginErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
