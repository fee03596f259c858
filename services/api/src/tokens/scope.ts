import { type Grant, grantScopes, scopeText } from '@ravi/credentials';
import { Problem } from '../http/problem.ts';

/** The words of a scope, each once, in their order. (RFC 6749 §3.3) */
function words(scope: string): readonly string[] {
  return [...new Set(scope.split(' ').filter((word) => word !== ''))];
}

/**
 * The scope that a client asks for, out of what it may have; all of that if it names none. Empty if nothing limits what the human may
 * grant. A client that may not ask for the account gets one identity at most, even if its scope does not say so. Words that mean
 * nothing here, such as `openid`, are left out. Throws `invalid_scope` for a scope that only other clients may have. (RFC 6749 §3.3)
 */
export function requestedScope(
  scope: string | undefined,
  allowed: readonly string[],
  known: readonly string[],
): string {
  const asked = words(scope ?? '').filter((word) => known.includes(word));
  if (asked.some((word) => !allowed.includes(word))) {
    throw new Problem('invalid_scope', `This client may ask for: ${allowed.join(' ')}.`);
  }
  if (asked.length === 0 && isUnlimited(allowed)) return '';
  const wanted = asked.length > 0 ? asked : allowed;
  const isCapped = wanted.includes('identity') || allowed.includes('account');
  return (isCapped ? wanted : ['identity', ...wanted]).join(' ');
}

/** Whether a client may have all that a human can grant, and nothing else. */
function isUnlimited(allowed: readonly string[]): boolean {
  return grantScopes.every((word) => allowed.includes(word)) && allowed.length === grantScopes.length;
}

/**
 * The scope of an access token that a client narrows at a refresh; undefined where nothing is narrowed. `account` may be narrowed to the
 * identity of the login. Words that mean nothing here are left out. Null for a scope that was not granted. (RFC 6749 §6)
 */
export function narrowedScope(
  scope: string,
  granted: Pick<Grant, 'scope' | 'requestedScope' | 'identityUuid'>,
  known: readonly string[],
): string | undefined | null {
  const asked = words(scope).filter((word) => known.includes(word));
  const all = words(scopeText(granted.scope, granted.requestedScope));
  const may = granted.identityUuid === '' ? all : [...all, 'identity'];
  if (asked.some((word) => !may.includes(word))) return null;
  if (asked.length === 0 || all.every((word) => asked.includes(word))) return undefined;
  return asked.join(' ');
}
