import { type PresentingClient, readDeviceCode, settleGraceMs } from '@ravi/device-login';
import { isRedisUnavailable, NotReplicated } from '@ravi/redis';
import { type Clock, NewerFormat, type ServiceKeyGenerations } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Call } from '../http/call.ts';
import { Problem } from '../http/problem.ts';
import type { HeldWaits } from './held-waits.ts';
import type { PresentedCode } from './presented-code.ts';
import type { Redeemer } from './redeemer.ts';
import { sendPendingEarly, sendTokenError } from './token-error.ts';

export interface CollectDeps {
  readonly redeemer: Redeemer;
  readonly heldWaits: HeldWaits;
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onUnavailable: (error: unknown) => void;
  readonly pollIntervalSeconds: number;
}

/** A request for the credentials of a device_code. */
export interface Collection {
  readonly deviceCode: string;
  /** Maximum time that the program wants to be held; undefined: it polls, and the interval applies. */
  readonly waitSeconds: number | undefined;
  /** Tells the client that presents the code, with the key that it proves; absent for programs of the JSON API. */
  readonly prove?: () => Promise<PresentingClient>;
}

/**
 * Answers with the credentials, once, or with the state of the login. A program that waits is held until the login is settled.
 * While Redis is away, fewer replicas than `RECORDS_REPLICAS` are there, no issuer is, or a newer release has to answer, an unexpired code
 * is answered `authorization_pending`. Resolves once the call is answered or held.
 * (RFC 8628 §3.4, §3.5)
 */
export async function collect(
  { redeemer, heldWaits, keys, clock, logger, pollIntervalSeconds, onUnavailable }: CollectDeps,
  { address, requestId, reply }: Call,
  { deviceCode, waitSeconds, prove }: Collection,
): Promise<void> {
  const read = readDeviceCode(deviceCode, keys);
  if (read === null) return sendTokenError(reply, 'invalid_grant');
  const askedAtMs = clock.nowMs();
  if (askedAtMs >= read.expiresAtMs + settleGraceMs) return sendTokenError(reply, 'expired_token');
  const { loginId } = read;
  try {
    const client = await prove?.();
    const code: PresentedCode = { ...read, address, askedAtMs, ...(client === undefined ? {} : { client }) };
    if (waitSeconds === undefined) return await redeemer.poll(code, reply);
    logger.debug({ loginId, requestId }, 'login waited for');
    await heldWaits.hold(code, reply, waitSeconds * 1000);
  } catch (error) {
    // Client libraries take any other answer as the end of the login, and this one is true: nothing is collected yet.
    if (!isAway(error)) throw error;
    onUnavailable(error instanceof Problem ? error.cause : error);
    const about = { error, loginId, requestId };
    if (error instanceof NewerFormat) logger.warn(about, 'left for a newer release');
    else logger.debug(about, 'Redis, replicas or an issuer are away: answered from the code alone');
    sendPendingEarly(reply, pollIntervalSeconds);
  }
}

/** Whether nobody can tell for a moment what becomes of a login. */
function isAway(error: unknown): boolean {
  if (error instanceof Problem) return error.code === 'unavailable';
  return error instanceof NotReplicated || error instanceof NewerFormat || isRedisUnavailable(error);
}

/**
 * The seconds of `Prefer: wait=N`, or the server's limit if that is less; `Preference-Applied` repeats them in the answer. Undefined
 * without that preference. (RFC 7240 §4.3)
 */
export function preferredWaitSeconds(
  { headers, reply }: Pick<Call, 'headers' | 'reply'>,
  maxSeconds: number,
): number | undefined {
  const asked = String(headers['prefer'] ?? '')
    .split(',')
    .map((preference) => waitOf(preference.trim()))
    .find((seconds) => seconds !== undefined);
  if (asked === undefined) return undefined;
  const granted = Math.min(asked, maxSeconds);
  reply.addHeader('Preference-Applied', `wait=${granted}`);
  return granted;
}

/** The seconds of `wait=N`, with or without parameters; undefined for another preference. */
function waitOf(preference: string): number | undefined {
  const [named = ''] = preference.split(';', 1);
  const [name = '', value = ''] = named.split('=', 2);
  // A value may stand in quotation marks. (RFC 7240 §2)
  const seconds = /^("?)(\d{1,6})\1$/.exec(value.trim())?.[2];
  return name.trim().toLowerCase() === 'wait' && seconds !== undefined ? Number(seconds) : undefined;
}
