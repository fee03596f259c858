import { plainForm } from '../http/plain-body.ts';
import type { JsonAnswer } from '../http/problem-answer.ts';
import type { Problem, ProblemCode } from '../http/problem.ts';
import type { WireFormat } from '../http/wire-format.ts';
import { readForm } from './parameters.ts';

/** The `error` of a problem, where it is not the problem's own code. */
const errors: Partial<Record<ProblemCode, string>> = {
  rate_limited: 'temporarily_unavailable',
  unavailable: 'temporarily_unavailable',
  not_allowed_here: 'access_denied',
};
const standard = new Set<ProblemCode>([
  'invalid_client',
  'invalid_grant',
  'invalid_scope',
  'invalid_target',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  'unsupported_grant_type',
]);

/** A problem as OAuth 2.0 clients read it; null is a fault of ours. (RFC 6749 §5.2, RFC 8707 §2, RFC 9449 §8) */
export function oauthProblemAnswer(problem: Problem | null): JsonAnswer {
  const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' };
  if (!problem) return { status: 500, headers: noStore, body: { error: 'server_error' } };
  const { code, status, message, retryAfterSeconds, dpopNonce } = problem;
  return {
    status,
    headers: {
      ...noStore,
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      ...(dpopNonce === undefined ? {} : { 'dpop-nonce': dpopNonce }),
      ...(status === 401 ? { 'www-authenticate': 'Basic realm="ravi"' } : {}),
    },
    body: {
      error: standard.has(code) ? code : (errors[code] ?? 'invalid_request'),
      // Quotation marks are not allowed in it.
      error_description: message.replaceAll('"', "'"),
    },
  };
}

/** The OAuth API: urlencoded forms alone, and errors in the words of RFC 6749. */
export const oauthFormat: WireFormat = {
  plainBody: plainForm,
  readBody: readForm(),
  answerProblem: oauthProblemAnswer,
};
