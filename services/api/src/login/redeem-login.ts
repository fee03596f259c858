import { readDeviceCode, settleGraceMs } from '@ravi/device-login';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import { z } from 'zod';
import type { DeviceOperation } from '../http/call.ts';
import type { HeldWaits } from './held-waits.ts';
import { preferredWait } from './preferred-wait.ts';
import type { Redeemer } from './redeemer.ts';
import { formBoolean, parseBody, text } from '../http/parse-body.ts';

/** What redeeming a device_code needs. */
export interface RedeemLoginDeps {
  readonly redeemer: Redeemer;
  readonly heldWaits: HeldWaits;
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly longPollMaxSeconds: number;
}

const redeemInput = z.object({ device_code: text(1, 512), wait: formBoolean.default(false) });

/**
 * `POST /api/auth/device/token/`: the credentials, once, or the state of the login. With `wait` the request is held until
 * the login is settled; `Prefer: wait=N` (RFC 7240 §4.3) asks for less than the server's limit. (RFC 8628 §3.4, §3.5)
 */
export function redeemLogin(deps: RedeemLoginDeps): DeviceOperation {
  const { redeemer, heldWaits, keys, clock, logger, longPollMaxSeconds } = deps;
  return async ({ address, headers, requestId, reply }, body) => {
    const input = parseBody(redeemInput, body);
    const code = readDeviceCode(input.device_code, keys);
    if (code === null) {
      reply.sendError('invalid_grant');
    } else if (clock.nowMs() >= code.expiresAtMs + settleGraceMs) {
      reply.sendError('expired_token');
    } else if (input.wait) {
      logger.info({ loginId: code.loginId, requestId }, 'login waited for');
      await heldWaits.hold(
        { ...code, address },
        reply,
        (preferredWait(headers, reply, longPollMaxSeconds) ?? longPollMaxSeconds) * 1000,
      );
    } else {
      await redeemer.poll({ ...code, address }, reply);
    }
  };
}
