import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { approvalFields, approvalWish } from '../approval-wish.ts';
import { type Approver, approverOf } from '../approver.ts';
import type { Approval, Decisions } from '../decisions.ts';
import type { BrowserSessions } from '../middleware/browser-session.ts';
import type { RequestState } from '../middleware/request-scope.ts';
import { Problem } from '../problem.ts';
import { parseBody, text } from '../request-body.ts';

/** What deciding over JSON needs. */
export interface DecideLoginDeps {
  readonly decisions: Decisions;
  readonly sessions: BrowserSessions;
}

const approveInput = z.object({ user_code: text(1, 64), ...approvalFields });
const denyInput = z.object({ user_code: text(1, 64) });

/** `POST /api/auth/device/approve/`: approves for the signed-in account. Repeating it is harmless. */
export function approveLogin({ decisions, sessions }: DecideLoginDeps): Middleware<RequestState> {
  return async (ctx) => {
    const approver = await readApprover(ctx, sessions);
    const input = parseBody(approveInput, ctx.request.body);
    answer(ctx, await decisions.approve(input.user_code, approvalWish(input), approver), 'approved');
  };
}

/** `POST /api/auth/device/deny/`: denies; the waiting program learns it at once. Repeating it is harmless. */
export function denyLogin({ decisions, sessions }: DecideLoginDeps): Middleware<RequestState> {
  return async (ctx) => {
    const approver = await readApprover(ctx, sessions);
    const input = parseBody(denyInput, ctx.request.body);
    answer(ctx, await decisions.deny(input.user_code, approver), 'denied');
  };
}

async function readApprover(ctx: Context, sessions: BrowserSessions): Promise<Approver> {
  return approverOf(ctx, (await sessions.require(ctx)).account);
}

function answer(ctx: Context, decision: Approval, wanted: 'approved' | 'denied'): void {
  switch (decision.kind) {
    case 'unknown':
    case 'expired':
      throw new Problem('not_found', 'No login has this user_code: it was mistyped, or it has expired.');
    case 'decided':
      throw new Problem('conflict', `This login was ${decision.state} already.`);
    case 'unknownIdentity':
      throw new Problem('invalid_request', 'identity_uuid: is not an identity of this account.');
    case 'identityNeeded':
      throw new Problem(
        'invalid_request',
        'identity_uuid: is required where the program gets one identity only.',
      );
    case 'numberNeeded':
      throw new Problem(
        'invalid_request',
        'verification: is required: the two digits that the program shows.',
      );
    case 'wrongNumber':
      throw new Problem('conflict', 'The program shows another number, so this login was denied.');
    case 'tooManyIdentities':
      throw new Problem('conflict', 'This account has as many identities as it may have.');
    case 'approved':
    case 'denied':
      ctx.body = { status: wanted };
      ctx.set('Cache-Control', 'no-store');
  }
}
