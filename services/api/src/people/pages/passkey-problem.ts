import type { Problem } from '../../http/problem.ts';
import type { PasskeyFault } from '../passkeys.ts';

/** Why a passkey was not accepted, on a page. */
export type PasskeyProblem = PasskeyFault;

const faults: readonly PasskeyFault[] = ['wrong', 'replayed', 'unknown', 'cloned'];

/** The fault that a refusal names; undefined for any other refusal. */
export function passkeyProblemIn({ code, field, reason }: Problem): PasskeyProblem | undefined {
  if (code !== 'wrong_credentials' || field !== 'answer') return undefined;
  return faults.find((fault) => fault === reason) ?? 'wrong';
}
