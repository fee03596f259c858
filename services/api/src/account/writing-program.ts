import type { Principal } from '../access/principal.ts';
import type { Writer } from '../limits/limits.ts';

/** A program that changes something, as limits count it: by the login that its token came from, or by its key. */
export function writingProgram(caller: Principal): Writer {
  const credential = caller.credential === 'key' ? caller.key.id : caller.grant.id;
  return { kind: 'program', userId: caller.userId, credential };
}
