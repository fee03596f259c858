import { grantScopes } from '@ravi/credentials';
import { Problem } from '../http/problem.ts';

/** The words of a scope, each once, in their order. (RFC 6749 §3.3) */
function words(scope: string): readonly string[] {
  return [...new Set(scope.split(' ').filter((word) => word !== ''))];
}

/**
 * What a client asks for, of what it may: all of that where it does not say. Empty where neither limits what the human may
 * grant. A client that may not ask for the account is capped at one identity, whichever words it leaves out. Throws
 * `invalid_scope` for more. (RFC 6749 §3.3)
 */
export function requestedScope(scope: string | undefined, allowed: readonly string[]): string {
  const asked = words(scope ?? '');
  if (asked.some((word) => !allowed.includes(word))) {
    throw new Problem('invalid_scope', `This client may ask for: ${allowed.join(' ')}.`);
  }
  if (asked.length === 0 && isUnlimited(allowed)) return '';
  const wanted = asked.length > 0 ? asked : allowed;
  const isCapped = wanted.includes('identity') || allowed.includes('account');
  return (isCapped ? wanted : ['identity', ...wanted]).join(' ');
}

/** Whether a client may have whatever a human may grant, and nothing besides. */
function isUnlimited(allowed: readonly string[]): boolean {
  return grantScopes.every((word) => allowed.includes(word)) && allowed.length === grantScopes.length;
}

/** Whether two scopes have the same words. */
export function isSameScope(one: string, other: string): boolean {
  const [left, right] = [words(one), words(other)];
  return left.length === right.length && left.every((word) => right.includes(word));
}
