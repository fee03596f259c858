import { requireKnownFormat } from '@ravi/runtime';
import type { Account } from './account.ts';
import { type Authentication, byPassword } from './authentication.ts';

/** Where a session was started, for its owner to recognise it. */
export interface SessionOrigin {
  readonly address: string;
  readonly userAgent: string;
}

/** What Redis holds of a session. */
export type SessionRecord = SessionOrigin & {
  readonly v: number;
  readonly userId: number;
  readonly epoch: string;
  readonly startedAtMs: number;
  /** Not in sessions that an older release opened: those were opened with a password or by a provider, at their start. */
  readonly authentication?: Authentication;
  /** In sessions whose token changed. */
  readonly firstId?: string;
};

/** Reads a session; null for none. Throws `NewerFormat`. */
export function sessionFromText(text: string | null): SessionRecord | null {
  if (text === null) return null;
  const record = JSON.parse(text) as SessionRecord;
  requireKnownFormat('A session', record.v);
  return record;
}

/** How the person of a session was authenticated last. */
export function authenticationOf({ authentication, startedAtMs }: SessionRecord): Authentication {
  return authentication ?? { ...byPassword, atMs: startedAtMs };
}

/** Whether a session is open: in the epoch of its account, which is not blocked. */
export function isOpen(record: SessionRecord, account: Account | null): boolean {
  return account !== null && !account.blocked && record.epoch === account.sessionsEpoch;
}
