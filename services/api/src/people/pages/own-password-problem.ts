import type { Problem } from '../../http/problem.ts';
import type { OwnPasswordProblem } from './own-password-field.ts';

/** What was wrong with a person's own password; undefined for any other refusal. */
export function passwordProblemIn({ code, field }: Problem): OwnPasswordProblem | undefined {
  if (code === 'rate_limited') return 'tooManyAttempts';
  return code === 'wrong_credentials' && field === undefined ? 'wrongPassword' : undefined;
}
