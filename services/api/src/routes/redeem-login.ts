import { readDeviceCode, settleGraceMs } from '@ravi/device-login';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import type { RequestState } from '../middleware/request-scope.ts';
import { sendDeviceTokenError } from '../redemption/device-token-error.ts';
import type { HeldWaits } from '../redemption/held-waits.ts';
import type { Redeemer } from '../redemption/redeemer.ts';
import { formBoolean, parseBody, text } from '../request-body.ts';

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
export function redeemLogin(deps: RedeemLoginDeps): Middleware<RequestState> {
  const { redeemer, heldWaits, keys, clock, logger, longPollMaxSeconds } = deps;
  return async (ctx) => {
    const input = parseBody(redeemInput, ctx.request.body);
    const code = readDeviceCode(input.device_code, keys);
    if (code === null) {
      sendDeviceTokenError(ctx.res, 'invalid_grant');
    } else if (clock.nowMs() >= code.expiresAtMs + settleGraceMs) {
      sendDeviceTokenError(ctx.res, 'expired_token');
    } else if (input.wait) {
      logger.info({ loginId: code.loginId, requestId: ctx.state.requestId }, 'login waited for');
      await heldWaits.hold(code, ctx.res, waitSeconds(ctx, longPollMaxSeconds) * 1000);
    } else {
      const lease = redeemer.newLease();
      const redemption = await redeemer.look(code, { kind: 'poll' }, lease);
      switch (redemption.kind) {
        case 'pending':
        case 'approved':
        case 'leased':
          sendDeviceTokenError(ctx.res, 'authorization_pending');
          break;
        default:
          await redeemer.answer(ctx.res, code, redemption, lease);
      }
    }
    // Answered, or held beyond the life of this context.
    ctx.respond = false;
  };
}

/** The server's limit, or what the client asks for if that is less. */
function waitSeconds(ctx: Context, maxSeconds: number): number {
  const asked = /(?:^|[,;\s])wait=(\d{1,6})(?:$|[,;\s])/i.exec(ctx.get('Prefer'))?.[1];
  if (asked === undefined) return maxSeconds;
  const granted = Math.min(Number(asked), maxSeconds);
  ctx.res.setHeader('Preference-Applied', `wait=${granted}`);
  return granted;
}
