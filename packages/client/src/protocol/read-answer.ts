import { safeText } from '../safe-text.ts';
import { type Answered, type JsonObject, type Lost, retryAfterMs } from './exchange.ts';
import type { AskOutcome, Away, Failed, StartedLogin, StartOutcome } from './protocol.ts';

/** The server's explanation for humans. */
export function explanationOf(body: JsonObject | null): string | null {
  const said = body?.['error_description'] ?? body?.['detail'] ?? body?.['error'];
  return typeof said === 'string' && said !== '' ? safeText(said) : null;
}

/** Reads an answer that is no success: `away` where another try may succeed. */
export function readFailure(answer: Answered | Lost, server: string, nowMs: number): Away | Failed {
  if (answer.kind === 'lost') {
    return { kind: 'away', reason: `${server} does not answer: ${answer.reason}`, retryAfterMs: null };
  }
  const { status, headers, body } = answer;
  const error = body?.['error'];
  const said = explanationOf(body);
  const isTransient = status === 429 || status === 408 || status === 425 || status >= 500;
  if (isTransient || error === 'temporarily_unavailable' || error === 'server_error') {
    // Whoever tells the reason ends the sentence.
    const reason = `${server} answers ${status}${said === null ? '' : `: ${said.replace(/\.$/, '')}`}`;
    return { kind: 'away', reason, retryAfterMs: retryAfterMs(headers, nowMs) };
  }
  if (status >= 300 && status < 400) {
    const to = safeText(headers.get('location') ?? 'nowhere');
    return unexpected(`${server} redirects to ${to}: is that the address of the service?`);
  }
  if (body === null) return notJson(answer, server);
  if (said === null) return unexpected(`${server} answers ${status} without a reason.`);
  return { kind: 'failed', code: 'refused', message: `${server} refuses: ${said}` };
}

/** Something answers that is not the service. */
function notJson({ status, headers }: Answered, server: string): Failed {
  const type = safeText(headers.get('content-type')?.split(';')[0] ?? '', 60) || 'something';
  return unexpected(
    `${server} answers ${status} with ${type} that is no JSON object: is this the address of the login service, and is a proxy between?`,
  );
}

/** An answer that cannot be meant. */
export function unexpected(message: string): Failed {
  return { kind: 'failed', code: 'unexpected_answer', message };
}

/** Reads the answer to a start. (RFC 8628 §3.2) */
export function readStart(answer: Answered | Lost, server: string, nowMs: number): StartOutcome {
  if (answer.kind === 'lost' || answer.status !== 200) return readFailure(answer, server, nowMs);
  if (answer.body === null) return notJson(answer, server);
  const login = readStartedLogin(answer.body);
  return login ? { kind: 'started', login } : unexpected(`${server} answers without the codes of a login.`);
}

/** However short an interval is said to be: what is asked may be a server that did not say it. */
const shortestIntervalMs = 1_000;

function readStartedLogin(body: JsonObject): StartedLogin | null {
  const { device_code: deviceCode, user_code: userCode } = body;
  // Some servers say "url".
  const uri = body['verification_uri'] ?? body['verification_url'];
  const complete = body['verification_uri_complete'] ?? body['verification_url_complete'];
  if (typeof deviceCode !== 'string' || typeof userCode !== 'string' || !isHttpAddress(uri)) return null;
  const number = body['verification'];
  return {
    deviceCode,
    userCode: safeText(userCode, 64),
    verificationUri: uri,
    verificationUriComplete: isHttpAddress(complete) ? complete : null,
    verificationNumber: typeof number === 'string' ? safeText(number, 8) : null,
    expiresInMs: milliseconds(body['expires_in']) ?? 900_000,
    intervalMs: Math.max(shortestIntervalMs, milliseconds(body['interval']) ?? 5_000),
  };
}

/**
 * Reads an answer to a device_code that has no tokens. What is no JSON comes from something between us and the service, which knew the
 * code a moment ago: another try may meet it. (RFC 8628 §3.5)
 */
export function readUndecided(answer: Answered | Lost, server: string, nowMs: number): AskOutcome {
  const answered = answer.kind === 'answered' ? answer : null;
  switch (answered?.body?.['error']) {
    case 'authorization_pending':
      return { kind: 'pending', retryAfterMs: answered ? retryAfterMs(answered.headers, nowMs) : null };
    case 'slow_down':
      return { kind: 'slowDown', intervalMs: milliseconds(answered?.body?.['interval']) };
    case 'access_denied':
      return { kind: 'denied' };
    case 'expired_token':
      return { kind: 'expired' };
    default: {
      const failure = readFailure(answer, server, nowMs);
      if (failure.kind === 'failed' && failure.code === 'unexpected_answer') {
        return { kind: 'away', reason: failure.message, retryAfterMs: null };
      }
      return failure;
    }
  }
}

/** No `Date` tells a time that is as far away: who says so names none. */
const longestMs = 8e15;

/** Seconds on the wire as milliseconds; null where they are none. */
export function milliseconds(value: unknown): number | null {
  const seconds = typeof value === 'string' ? Number(value) : value;
  if (typeof seconds !== 'number' || !(seconds > 0)) return null;
  const ms = seconds * 1_000;
  return ms < longestMs ? ms : null;
}

/** A longer address fits no screen and no command that opens it. */
const longestAddress = 2_048;

function isHttpAddress(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= longestAddress &&
    URL.canParse(value) &&
    /^https?:$/.test(new URL(value).protocol) &&
    !/[\s\p{Cc}]/u.test(value)
  );
}
