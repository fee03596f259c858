import type { Writer } from '../limits/limits.ts';
import type { BrowserSessions, SignedIn } from './browser-sessions.ts';

/** A signed-in person as the author of a change; limits count by the session. */
export function writingPerson(sessions: BrowserSessions, signedIn: SignedIn): Writer {
  return { kind: 'person', userId: signedIn.account.id, credential: sessions.idOf(signedIn) };
}
