import { setTimeout as pause } from 'node:timers/promises';
import type { DeviceCodeResponse, DeviceTokenSuccess } from '@ravi/contract';
import { explanation, post, type Answer } from './http.ts';

/** What the program gets in the end. */
export interface ApprovedLogin {
  readonly credentials: DeviceTokenSuccess;
  /** Milliseconds from the human's approval to the service's answer, where it told. */
  readonly approvalToAnswerMs: number | null;
}

/** Asks the service for a device code and a user code. (RFC 8628 §3.1) */
export async function startLogin(serviceUrl: string, clientName: string): Promise<DeviceCodeResponse> {
  const answer = await post(`${serviceUrl}/api/auth/device/`, { client_name: clientName }).catch(() => {
    throw new Error(
      `No service answers at ${serviceUrl}: start one with "npm start", or set DEVICE_AUTH_URL.`,
    );
  });
  if (answer.status !== 200) throw new Error(explanation(answer));
  return answer.body as unknown as DeviceCodeResponse;
}

/**
 * Waits until the human has decided. The service holds each request until then or for two minutes; whatever cuts one
 * short, we ask again: the device code stays good until it expires. Rejects when the login is denied or has expired.
 */
export async function waitForApproval(serviceUrl: string, login: DeviceCodeResponse): Promise<ApprovedLogin> {
  const expiresAtMs = Date.now() + login.expires_in * 1_000;
  let intervalMs = login.interval * 1_000;
  while (Date.now() < expiresAtMs) {
    const askedAtMs = Date.now();
    const request = { device_code: login.device_code, wait: true };
    const answer = await post(`${serviceUrl}/api/auth/device/token/`, request).catch(() => null);
    if (answer?.status === 200) return approvedLogin(answer);
    if (answer?.body['error'] === 'slow_down') intervalMs += 5_000;
    else if (answer && !isTransient(answer)) throw new Error(explanation(answer));
    await pause(Math.max(0, askedAtMs + retryAfterMs(answer, intervalMs) - Date.now()));
  }
  throw new Error('The code has expired before anybody approved it: start again.');
}

/** Still pending, or a fault on the way that another try may not meet. */
function isTransient({ status, body }: Answer): boolean {
  return body['error'] === 'authorization_pending' || status === 429 || status >= 500;
}

/**
 * How long after the last request the next may come, at the earliest. A wait that was held longer than the interval is
 * followed by the next at once; a service that cannot hold it answers at once and is polled.
 */
function retryAfterMs(answer: Answer | null, intervalMs: number): number {
  if (answer?.status === 400) return intervalMs;
  return Number(answer?.headers.get('retry-after') ?? 1) * 1_000;
}

function approvedLogin({ headers, body }: Answer): ApprovedLogin {
  const duration = /\blogin\b[^,]*;\s*dur=([\d.]+)/.exec(headers.get('server-timing') ?? '')?.[1];
  return {
    credentials: body as unknown as DeviceTokenSuccess,
    approvalToAnswerMs: duration === undefined ? null : Number(duration),
  };
}
