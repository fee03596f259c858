import type { AuditLog } from '@ravi/audit';
import type { DeviceCodeResponse } from '@ravi/contract';
import {
  formatUserCode,
  generateUserCode,
  loginIdOf,
  type LoginStore,
  mintDeviceCode,
  verificationOf,
  type NewLogin,
} from '@ravi/device-login';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import { deriveResultKey, wrapResultKey } from '@ravi/sealing';
import type { Logger, Tracing } from '@ravi/telemetry';
import type { Call } from '../http/call.ts';
import type { StartAdmission } from '../limits/start-admission.ts';
import type { NumberMatchingPolicy } from './number-matching-policy.ts';
import { Problem } from '../http/problem.ts';

export interface StartDeps {
  readonly logins: LoginStore;
  readonly startAdmission: StartAdmission;
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly publicUrl: string;
  readonly deviceCodeTtlSeconds: number;
  readonly pollIntervalSeconds: number;
  /** Unless off, the answer tells the program the number that its human may have to pick. */
  readonly numberMatching: NumberMatchingPolicy;
  /** The header in which the proxy says the country; null for none. */
  readonly locationHeader: string | null;
  readonly audit: AuditLog;
  readonly tracing: Tracing | null;
  readonly metrics: { started(): void };
}

/** How often a user_code is drawn until one is free: out of 20^8, a second draw is rare, and a fifth never happens. */
const draws = 5;

/** Maximum length of a stored User-Agent, so that a pending login stays small in Redis. */
const userAgentLength = 64;

/** Starts a login, within the limits, and answers with its codes. (RFC 8628 §3.1, §3.2) */
export async function startLogin(
  deps: StartDeps,
  { address, headers, requestId, traceparent, reply }: Call,
  program: Pick<NewLogin, 'clientName' | 'client'>,
): Promise<void> {
  const { logins, startAdmission, keys, clock, logger, publicUrl } = deps;
  const { deviceCodeTtlSeconds: ttlSeconds, pollIntervalSeconds: intervalSeconds } = deps;
  const beganAtMs = clock.nowMs();
  await startAdmission.admit(address);
  for (let draw = 0; draw < draws; draw++) {
    const userCode = generateUserCode();
    const loginId = loginIdOf(userCode, keys.current);
    const deviceCode = mintDeviceCode(loginId, clock.nowMs() + ttlSeconds * 1000, keys.current);
    const started = await logins.start({
      loginId,
      deviceCodeHash: deviceCode.hash,
      wrappedKey: wrapResultKey(deriveResultKey(deviceCode.bytes), loginId, deviceCode.hash, keys.current),
      expiresAtMs: deviceCode.expiresAtMs,
      intervalSeconds,
      ...program,
      address,
      country: deps.locationHeader === null ? '' : countryIn(headers[deps.locationHeader]),
      userAgent: (headers['user-agent'] ?? '').slice(0, userAgentLength),
    });
    if (!started) continue;
    deps.metrics.started();
    deps.audit.note({ event: 'started', login: loginId, client: program.clientName, address });
    logger.info(
      traceparent === undefined ? { loginId, requestId } : { loginId, requestId, traceparent },
      'login started',
    );
    deps.tracing?.step('start', loginId, { beganAtMs, attributes: { requestId }, traceparent });
    const formatted = formatUserCode(userCode);
    const answer: DeviceCodeResponse = {
      device_code: deviceCode.text,
      user_code: formatted,
      verification_uri: `${publicUrl}/device`,
      verification_uri_complete: `${publicUrl}/device?user_code=${formatted}`,
      expires_in: ttlSeconds,
      interval: intervalSeconds,
      ...(deps.numberMatching === 'off' ? {} : { verification: verificationOf(loginId, keys.current).right }),
    };
    return reply.send(200, JSON.stringify(answer));
  }
  throw new Problem('unavailable', 'No free code was found. Try again.', { retryAfterSeconds: 1 });
}

/** The country that a proxy says, as ISO 3166 code; empty for none, an unknown one, or a network such as Tor. */
function countryIn(header: string | readonly string[] | undefined): string {
  const code = String(header ?? '')
    .trim()
    .toUpperCase();
  return /^[A-Z]{2}$/.test(code) && code !== 'XX' && code !== 'ZZ' ? code : '';
}
