import { Redis } from 'ioredis';
import type { DeviceCodeResponse, DeviceTokenSuccess } from '@ravi/contract';
import { eventually } from './eventually.ts';
import { type Received, send } from './http.ts';
import { untilTestEnd } from './jest/test-end.mjs';

/** Either answer of the token call. */
export type TokenAnswer = Received<DeviceTokenSuccess & { error?: string; error_description?: string }>;

/** Starts a login, as a program does. */
export async function startLogin(apiUrl: string, clientName?: string): Promise<DeviceCodeResponse> {
  const answer = await send<DeviceCodeResponse>(
    `${apiUrl}/api/auth/device/`,
    clientName === undefined ? {} : { json: { client_name: clientName } },
  );
  if (answer.status !== 200) throw new Error(`The login did not start: ${answer.status} ${answer.text}`);
  return answer.body;
}

/** Asks once, without waiting. */
export function poll(apiUrl: string, deviceCode: string): Promise<TokenAnswer> {
  return send(`${apiUrl}/api/auth/device/token/`, { json: { device_code: deviceCode } });
}

/** Asks once and is held. */
export function wait(apiUrl: string, deviceCode: string, signal?: AbortSignal): Promise<TokenAnswer> {
  return send(`${apiUrl}/api/auth/device/token/`, {
    json: { device_code: deviceCode, wait: true },
    ...(signal ? { signal } : {}),
  });
}

/**
 * Waits as a patient program does: asks again after `authorization_pending`, after a lost connection and after 503, each time
 * at the next of the given apis. Resolves with the final answer, never once the test is over. Gives up after two minutes: no
 * test lasts longer.
 */
export async function waitPatiently(apiUrls: readonly string[], deviceCode: string): Promise<TokenAnswer> {
  const endMs = Date.now() + 120_000;
  // A test that failed does not come to await it, and it would fail in a later file.
  const signal = untilTestEnd();
  for (let attempt = 0; Date.now() < endMs; attempt++) {
    const apiUrl = apiUrls[attempt % apiUrls.length] ?? '';
    try {
      const answer = await wait(apiUrl, deviceCode, signal);
      if (answer.status !== 503 && answer.body.error !== 'authorization_pending') return answer;
    } catch (error) {
      if (signal.aborted) return new Promise(() => undefined);
      // The connection was lost: the next attempt may go elsewhere.
      if (!isLostConnection(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The patient program never got a final answer.');
}

/**
 * The error that a code gets after its credentials were collected. The answer reaches the program a moment before it is noted
 * that it did; in between, the code is told to ask again.
 */
export async function errorOnceCollected(apiUrl: string, deviceCode: string): Promise<string | undefined> {
  return eventually('the code is told that it is over', async () => {
    const { status, body } = await poll(apiUrl, deviceCode);
    return body.error === 'authorization_pending' ? null : (body.error ?? `status ${status}`);
  });
}

/** Whether fetch reports that it got no answer. */
export function isLostConnection(error: unknown): boolean {
  return error instanceof TypeError;
}

/** The id of a login, which is part of its code: see device-code.ts. */
export function loginIdIn(deviceCode: string): string {
  return Buffer.from(deviceCode, 'base64url').toString('base64url', 5, 21);
}

/** The key of a login in Redis. */
export function loginKeyOf(deviceCode: string): string {
  return `ravi:login:{${loginIdIn(deviceCode)}}`;
}

/** Lets the last poll of a login lie back in time. */
export async function polledAgo(redisUrl: string, deviceCode: string, seconds: number): Promise<void> {
  const redis = new Redis(redisUrl);
  await redis.hincrby(loginKeyOf(deviceCode), 'polled_at', -seconds * 1000);
  redis.disconnect();
}
