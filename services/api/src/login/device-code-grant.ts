import { type PresentingClient, readDeviceCode, settleGraceMs } from '@ravi/device-login';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { ParameterizedContext } from 'koa';
import { deviceCallOf } from '../http/call.ts';
import type { RequestState } from '../http/request-scope.ts';
import type { HeldWaits } from './held-waits.ts';
import { preferredWait } from './preferred-wait.ts';
import type { PresentedCode } from './presented-code.ts';
import type { Redeemer } from './redeemer.ts';
import { type Parameters, required } from '../tokens/parameters.ts';

/** What exchanging a device_code needs. */
export interface CollectTokensDeps {
  readonly redeemer: Redeemer;
  readonly heldWaits: HeldWaits;
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly longPollMaxSeconds: number;
}

/**
 * Exchanges a device_code for tokens, once, or tells the state of the login. `Prefer: wait=N` has the request held until the
 * login is settled; a client that does not ask for it is paced by the interval. (RFC 8628 §3.4, §3.5; RFC 7240 §4.3)
 */
export async function collectTokens(
  deps: CollectTokensDeps,
  ctx: ParameterizedContext<RequestState>,
  parameters: Parameters,
  client: PresentingClient,
): Promise<void> {
  const { redeemer, heldWaits, keys, clock, logger, longPollMaxSeconds } = deps;
  const deviceCode = readDeviceCode(required(parameters, 'device_code'), keys);
  const { address, headers, requestId, reply } = deviceCallOf(ctx);
  // Answered, or held beyond the life of this context, once this resolves.
  const finish = () => {
    ctx.respond = false;
  };
  if (deviceCode === null) {
    reply.sendError('invalid_grant');
    return finish();
  }
  if (clock.nowMs() >= deviceCode.expiresAtMs + settleGraceMs) {
    reply.sendError('expired_token');
    return finish();
  }
  const code: PresentedCode = { ...deviceCode, address, client };
  const waitSeconds = preferredWait(headers, reply, longPollMaxSeconds);
  if (waitSeconds === undefined) {
    await redeemer.poll(code, reply);
  } else {
    logger.info({ loginId: code.loginId, requestId }, 'login waited for');
    await heldWaits.hold(code, reply, waitSeconds * 1000);
  }
  finish();
}
