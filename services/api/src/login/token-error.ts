import { type DeviceTokenError, deviceTokenErrors } from '@ravi/contract';
import type { Reply } from '../http/reply.ts';

/** The body of an error. The sentence is also its `detail`: programs of the JSON API read every error there. */
function bodyOf(error: string, description: string, more: object = {}): string {
  return JSON.stringify({ error, error_description: description, detail: description, ...more });
}

/** The ready-made bodies: the same few sentences, thousands of times a second. */
const bodies = new Map(
  Object.entries(deviceTokenErrors).map(([error, description]) => [error, bodyOf(error, description)]),
);

/** Answers 400 with one of the contract's errors. (RFC 8628 §3.5) */
export function sendTokenError(reply: Reply, error: DeviceTokenError, ...headers: readonly string[]): void {
  reply.send(400, bodies.get(error) ?? '', 'Pragma', 'no-cache', ...headers);
}

/** Answers `slow_down`, with the interval that the program has to keep from now on. (RFC 8628 §3.5) */
export function sendSlowDown(reply: Reply, intervalSeconds: number): void {
  const body = bodyOf('slow_down', deviceTokenErrors.slow_down, { interval: intervalSeconds });
  reply.send(400, body, 'Pragma', 'no-cache');
}

/**
 * Answers `authorization_pending` before the time for which the program asked to be held, and says when to ask again: otherwise it
 * would ask without a pause.
 */
export function sendPendingEarly(reply: Reply, retryAfterSeconds: number): void {
  sendTokenError(reply, 'authorization_pending', 'Retry-After', String(retryAfterSeconds));
}

const aborted = bodyOf(
  'invalid_grant',
  'This login was approved, but its credentials could not be made. Nobody denied it: start a new login.',
);

/** Answers 400: we could not make the credentials, and no human denied them. (RFC 6749 §5.2) */
export function sendAborted(reply: Reply): void {
  reply.send(400, aborted, 'Pragma', 'no-cache');
}

const otherResource = bodyOf(
  'invalid_target',
  'This login is for another resource. Name the one that it was started with, or none.',
);

/** Answers 400 to an OAuth 2.0 client that names another service than at the start of the login. (RFC 8707 §2.2) */
export function sendOtherResource(reply: Reply): void {
  reply.send(400, otherResource, 'Pragma', 'no-cache');
}
