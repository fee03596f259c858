import { Problem } from '../problem.ts';

/** The words of a scope, each once, in their order. (RFC 6749 §3.3) */
function words(scope: string): readonly string[] {
  return [...new Set(scope.split(' ').filter((word) => word !== ''))];
}

/** What a client asks for, of what it may; empty where it leaves that to the human. Throws `invalid_scope` for more. */
export function requestedScope(scope: string | undefined, allowed: readonly string[]): string {
  const asked = words(scope ?? '');
  if (asked.some((word) => !allowed.includes(word))) {
    throw new Problem('invalid_scope', `This client may ask for: ${allowed.join(' ')}.`);
  }
  return asked.join(' ');
}

/** Throws `invalid_scope` where a refresh asks for another scope than was granted; we issue no narrower tokens. (RFC 6749 §6) */
export function requireSameScope(scope: string | undefined, granted: string): void {
  if (scope === undefined) return;
  const [asked, had] = [words(scope), words(granted)];
  if (asked.length !== had.length || asked.some((word) => !had.includes(word))) {
    throw new Problem('invalid_scope', 'A refresh gives the scope that was granted; leave scope out.');
  }
}
