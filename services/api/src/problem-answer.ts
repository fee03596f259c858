import { deviceTokenErrors } from '@ravi/contract';
import { PasswordsBusy } from '@ravi/accounts';
import { isRedisUnavailable } from '@ravi/redis';
import { Problem, type ProblemCode } from './problem.ts';

/** A JSON answer: status, headers in lower case, body. */
export interface JsonAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** Turns whatever was thrown into a `Problem`; null when it is a fault of ours, to be logged and answered 500. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (isRedisUnavailable(error)) {
    return new Problem('unavailable', 'The login store is away. Try again in a moment.', {
      retryAfterSeconds: 1,
      cause: error,
    });
  }
  if (error instanceof PasswordsBusy) {
    return new Problem('unavailable', 'Too many people are signing in. Try again in a moment.', {
      retryAfterSeconds: 2,
    });
  }
  return problemOfBodyParser(error);
}

/** Errors of koa-body and what it uses carry an HTTP status; their texts are not ours to show. */
function problemOfBodyParser(error: unknown): Problem | null {
  const status = statusOf(error);
  if (status === undefined) return null;
  const [code, detail] = bodyProblems[status] ?? bodyProblems[400];
  return new Problem(code, detail);
}

const bodyProblems: Record<number, readonly [ProblemCode, string]> & {
  readonly 400: readonly [ProblemCode, string];
} = {
  400: ['invalid_request', 'The body cannot be read: it is not what its Content-Type says.'],
  413: ['too_large', 'The body is larger than 16 KiB.'],
  415: [
    'unsupported_media_type',
    'Send the body as application/json, application/x-www-form-urlencoded or multipart/form-data, plain or gzipped.',
  ],
};

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  // formidable: anything but "too large" is the client's malformed multipart, whatever status it suggests.
  if ('httpCode' in error) return error.httpCode === 413 ? 413 : 400;
  // zlib: a body that is not compressed as its Content-Encoding says.
  if ('code' in error && /^(Z_|ERR__?BROTLI|ERR_BUFFER)/.test(String(error.code))) return 400;
  const status = 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

/** The JSON form of a problem: `error` and `error_description` with 400, `detail` with every other status. */
export function problemAnswer(problem: Problem): JsonAnswer {
  const { status, message, retryAfterSeconds } = problem;
  const headers = {
    'cache-control': 'no-store',
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  };
  if (status === 400) {
    const description = message === '' ? deviceTokenErrors.invalid_request : message;
    return { status, headers, body: { error: 'invalid_request', error_description: description } };
  }
  const wait = retryAfterSeconds === undefined ? {} : { retry_after_seconds: retryAfterSeconds };
  return { status, headers, body: { detail: message, ...wait } };
}
