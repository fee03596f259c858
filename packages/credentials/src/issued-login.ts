import type { ApiKeyRecord } from './api-keys/api-key-record.ts';
import type { Grant } from './grants/grant.ts';

/** A new API key: what is stored of it. */
export interface NewApiKey {
  readonly hash: string;
  readonly record: ApiKeyRecord;
}

/** What an issued login turns into when it is redeemed: records for us, and the answer for the program. */
export interface IssuedLogin {
  readonly grant: Grant;
  readonly keys: readonly NewApiKey[];
  /** When the human approved: what they ended since then is not handed over. */
  readonly approvedAtMs: number;
  /** The JSON that the program gets, byte for byte. */
  readonly answer: string;
}

/** The text that is sealed: a line of records, then the answer, so that handing over need not parse what it passes on. */
export function writeIssuedLogin({ answer, ...records }: IssuedLogin): string {
  return `${JSON.stringify(records)}\n${answer}`;
}

/** Reads what `writeIssuedLogin` wrote. */
export function readIssuedLogin(text: string): IssuedLogin {
  // JSON has no raw line break: the first one ends the records.
  const end = text.indexOf('\n');
  const records = JSON.parse(text.slice(0, end)) as Omit<IssuedLogin, 'answer'>;
  return { ...records, answer: text.slice(end + 1) };
}
