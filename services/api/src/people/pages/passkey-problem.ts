import type { Problem } from '../../http/problem.ts';
import type { PasskeyFault } from '../passkeys.ts';

/** Why a passkey was not accepted, on a page. */
export type PasskeyProblem = PasskeyFault;

const faults: readonly PasskeyFault[] = ['wrong', 'replayed', 'unknown', 'cloned'];

/** The fault that a refusal names; null where it is another refusal. */
export function passkeyProblemIn({ code, field, reason }: Problem): PasskeyProblem | null {
  if (code !== 'wrong_credentials' || field !== 'answer') return null;
  return faults.find((fault) => fault === reason) ?? 'wrong';
}
