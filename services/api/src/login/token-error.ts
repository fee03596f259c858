import { type DeviceTokenError, deviceTokenErrors } from '@ravi/contract';
import type { Reply } from '../http/reply.ts';

/** The bodies, made once: they are sent thousands of times a second. */
const bodies = new Map(
  Object.entries(deviceTokenErrors).map(([error, description]) => [
    error,
    JSON.stringify({ error, error_description: description }),
  ]),
);

/** Answers 400 with one of the contract's errors. (RFC 8628 §3.5) */
export function sendTokenError(reply: Reply, error: DeviceTokenError): void {
  reply.send(400, bodies.get(error) ?? '', 'Pragma', 'no-cache');
}
