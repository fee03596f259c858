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

/** Throws `invalid_scope` where a refresh asks for another scope than was granted; we issue no narrower tokens. (RFC 6749 §6) */
export function requireSameScope(scope: string | undefined, granted: string): void {
  if (scope === undefined) return;
  const [asked, had] = [words(scope), words(granted)];
  if (asked.length !== had.length || asked.some((word) => !had.includes(word))) {
    throw new Problem('invalid_scope', 'A refresh gives the scope that was granted; leave scope out.');
  }
}
