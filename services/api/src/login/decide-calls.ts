import { z } from 'zod';
import { approvalFields, approvalRequest } from './approval-request.ts';
import { approverOf } from './approver.ts';
import type { Approval, Decisions } from './decisions.ts';
import type { Operation } from '../http/call.ts';
import type { Reply } from '../http/reply.ts';
import type { BrowserSessions } from '../people/browser-sessions.ts';
import type { Missing, Reauthentication } from '../people/reauthentication.ts';
import { Problem } from '../http/problem.ts';
import { parseBody, text } from '../http/parse-body.ts';

export interface DecideDeps {
  readonly decisions: Pick<Decisions, 'approve' | 'deny'>;
  readonly sessions: Pick<BrowserSessions, 'require'>;
  readonly reauthentication: Pick<Reauthentication, 'beforeApproval'>;
}

const approveInput = z.object({ user_code: text(1, 64), ...approvalFields });
const denyInput = z.object({ user_code: text(1, 64) });

/** `POST /api/auth/device/approve/`: approves for the signed-in account. Repeating it is harmless. */
export function approveLogin({ decisions, sessions, reauthentication }: DecideDeps): Operation {
  return async (call, body) => {
    const signedIn = await sessions.require(call);
    requireProof(reauthentication.beforeApproval(signedIn));
    const approver = approverOf(call, signedIn.account);
    const input = parseBody(approveInput, body);
    answer(
      call.reply,
      await decisions.approve(input.user_code, approvalRequest(input), approver),
      '{"status":"approved"}',
    );
  };
}

/** `POST /api/auth/device/deny/`: denies; the waiting program learns it at once. Repeating it is harmless. */
export function denyLogin({ decisions, sessions }: DecideDeps): Operation {
  return async (call, body) => {
    const approver = approverOf(call, (await sessions.require(call)).account);
    const input = parseBody(denyInput, body);
    answer(call.reply, await decisions.deny(input.user_code, approver), '{"status":"denied"}');
  };
}

/** Throws 403 where somebody has to prove who they are, or to set up a second factor, before they approve. */
function requireProof(missing: Missing): void {
  switch (missing) {
    case 'proof':
      throw new Problem(
        'proof_required',
        'You signed in a while ago, or without your second factor: sign in again, then approve.',
      );
    case 'factor':
      throw new Problem(
        'proof_required',
        'Nobody approves with a password alone here: set up a second factor at /account/security, then sign in with it.',
      );
    case 'nothing':
  }
}

function answer(reply: Reply, decision: Approval, done: string): void {
  switch (decision.kind) {
    case 'unknown':
    case 'expired':
      throw new Problem('not_found', 'No login has this user_code: it was mistyped, or it has expired.');
    case 'decided':
      throw new Problem('conflict', `This login was ${decision.state} already.`);
    case 'unknownIdentity':
      throw new Problem('invalid_request', 'identity_uuid: is not an identity of this account.', {
        field: 'identity_uuid',
      });
    case 'identityNeeded':
      throw new Problem(
        'invalid_request',
        'identity_uuid: is required if the program gets one identity only.',
        { field: 'identity_uuid' },
      );
    case 'numberNeeded':
      throw new Problem(
        'invalid_request',
        'verification: is required: the two digits that the program shows.',
        { field: 'verification' },
      );
    case 'wrongNumber':
      throw new Problem('conflict', 'The program shows another number, so this login was denied.');
    case 'tooManyIdentities':
      throw new Problem('conflict', 'This account has the maximum number of identities.');
    case 'approved':
    case 'denied':
      reply.send(200, done);
  }
}
