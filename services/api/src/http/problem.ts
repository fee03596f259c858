/** The names of refusals, in code and logs. */
export type ProblemCode =
  | 'invalid_request'
  | 'not_signed_in'
  | 'wrong_credentials'
  | 'not_authenticated'
  | 'invalid_token'
  | 'bound_token'
  | 'unproven'
  | 'unproven_without_nonce'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'invalid_target'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'unsupported_grant_type'
  | 'forbidden'
  | 'not_allowed_here'
  | 'proof_required'
  | 'cross_site'
  | 'csrf'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'too_large'
  | 'unsupported_media_type'
  | 'rate_limited'
  | 'unavailable';

/** What passes by itself: whoever is refused so is told when to try again, and does not ask without a pause. */
export type PassingCode = 'rate_limited' | 'unavailable';

const statuses: Record<ProblemCode, number> = {
  invalid_request: 400,
  not_signed_in: 401,
  wrong_credentials: 401,
  not_authenticated: 401,
  invalid_token: 401,
  bound_token: 401,
  unproven: 401,
  unproven_without_nonce: 401,
  invalid_client: 401,
  invalid_grant: 400,
  invalid_scope: 400,
  invalid_target: 400,
  invalid_dpop_proof: 400,
  use_dpop_nonce: 400,
  unsupported_grant_type: 400,
  forbidden: 403,
  not_allowed_here: 403,
  proof_required: 403,
  cross_site: 403,
  csrf: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  unavailable: 503,
};

export interface ProblemDetails {
  /** The field of the request that is wrong, by its name on the wire. */
  readonly field?: string;
  /** Why the field is wrong, in a word, where there are several ways. */
  readonly reason?: string;
  /** Whole seconds until a retry makes sense. */
  readonly retryAfterSeconds?: number;
  /** The nonce that the next DPoP proof shall have. (RFC 9449 §8) */
  readonly dpopNonce?: string;
  readonly cause?: unknown;
}

/**
 * A refusal on its way out of the api, with the sentence for the client. It never contains a secret. Code branches on `code`,
 * `field` and `reason`, never on the words.
 */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly field: string | undefined;
  readonly reason: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly dpopNonce: string | undefined;

  constructor(
    code: PassingCode,
    sentence: string,
    details: ProblemDetails & { readonly retryAfterSeconds: number },
  );
  constructor(code: Exclude<ProblemCode, PassingCode>, sentence: string, details?: ProblemDetails);
  constructor(code: ProblemCode, sentence: string, details: ProblemDetails = {}) {
    super(sentence, { cause: details.cause });
    this.name = 'Problem';
    this.code = code;
    this.status = statuses[code];
    this.field = details.field;
    this.reason = details.reason;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.dpopNonce = details.dpopNonce;
  }
}
