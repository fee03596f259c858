import { PasswordsBusy } from '@ravi/accounts';
import { isRedisUnavailable, NotReplicated } from '@ravi/redis';
import { NewerFormat } from '@ravi/runtime';
import { Problem, type ProblemCode } from './problem.ts';
import type { RequestObservers } from './request-observers.ts';

const dpop = 'DPoP realm="ravi", algs="ES256 EdDSA Ed25519"';

/** The `WWW-Authenticate` for callers without the right credential. (RFC 6750 §3, RFC 9449 §7.1) */
const challenges: Partial<Record<ProblemCode, string>> = {
  not_authenticated: 'Bearer realm="ravi"',
  invalid_token: 'Bearer realm="ravi", error="invalid_token"',
  bound_token: `${dpop}, error="invalid_token"`,
  unproven: `${dpop}, error="invalid_dpop_proof"`,
  unproven_without_nonce: `${dpop}, error="use_dpop_nonce"`,
  forbidden: 'Bearer realm="ravi", error="insufficient_scope"',
};

/** A JSON answer: status, headers in lower case, body. */
export interface JsonAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** The `Problem` that an error means; null for an unexpected error, which is logged and answered 500. */
function problemOf(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (isRedisUnavailable(error)) {
    return new Problem('unavailable', 'The login store is away. Try again in a moment.', {
      retryAfterSeconds: 1,
      cause: error,
    });
  }
  if (error instanceof NotReplicated) {
    const sentence =
      'What was changed is not kept safely yet: too few replicas have it. Ask again in a moment.';
    return new Problem('unavailable', sentence, { retryAfterSeconds: 1, cause: error });
  }
  if (error instanceof NewerFormat) {
    const sentence = 'A newer version of this service has to answer. Ask again in a moment.';
    return new Problem('unavailable', sentence, { retryAfterSeconds: 5, cause: error });
  }
  if (error instanceof PasswordsBusy) {
    return new Problem('unavailable', 'Too many people are signing in. Try again in a moment.', {
      retryAfterSeconds: 2,
    });
  }
  return null;
}

/** Logs an error that a request threw, and returns the problem to answer; null for an unexpected error. */
export function logProblem(
  error: unknown,
  requestId: string,
  { logger, onUnavailable }: Pick<RequestObservers, 'logger' | 'onUnavailable'>,
): Problem | null {
  const problem = problemOf(error);
  if (problem?.code === 'unavailable') onUnavailable(problem.cause);
  if (problem === null) logger.error({ error, requestId }, 'request failed');
  else if (error instanceof NewerFormat) logger.warn({ error, requestId }, 'left for a newer release');
  else logger.debug({ requestId, code: problem.code, status: problem.status }, 'request refused');
  return problem;
}

/**
 * The JSON form of a problem: `detail` always, `error` and `error_description` beside it with 400. Null means an unexpected error: 500,
 * without its cause.
 */
export function problemAnswer(problem: Problem | null, requestId: string): JsonAnswer {
  if (problem === null) {
    return {
      status: 500,
      headers: { 'cache-control': 'no-store' },
      body: { detail: `Our fault. Request ${requestId}.` },
    };
  }
  const { status, message, retryAfterSeconds, dpopNonce } = problem;
  const challenge = challenges[problem.code];
  const headers = {
    'cache-control': 'no-store',
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
    ...(dpopNonce === undefined ? {} : { 'dpop-nonce': dpopNonce }),
  };
  if (status === 400) {
    return {
      status,
      headers,
      body: { error: 'invalid_request', error_description: message, detail: message },
    };
  }
  const wait = retryAfterSeconds === undefined ? {} : { retry_after_seconds: retryAfterSeconds };
  return { status, headers, body: { detail: message, ...wait } };
}
