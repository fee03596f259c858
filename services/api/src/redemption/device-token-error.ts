import type { ServerResponse } from 'node:http';
import { type DeviceTokenError, deviceTokenErrors } from '@ravi/contract';
import { sendJson } from './send-json.ts';

/** The ready-made bodies: the same few sentences, thousands of times a second. */
const bodies = Object.fromEntries(
  Object.entries(deviceTokenErrors).map(([error, description]) => [
    error,
    JSON.stringify({ error, error_description: description }),
  ]),
);

/** Answers 400 with one of the contract's errors. (RFC 8628 §3.5) */
export function sendDeviceTokenError(response: ServerResponse, error: DeviceTokenError): void {
  sendJson(response, 400, bodies[error] ?? '');
}
