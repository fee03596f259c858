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
  /** The JSON that the program gets, byte for byte. */
  readonly answer: string;
}

/** The text that is sealed: a line of records, then the answer, so that handing over need not parse what it passes on. */
export function writeIssuedLogin({ grant, keys, answer }: IssuedLogin): string {
  return `${JSON.stringify({ grant, keys })}\n${answer}`;
}

/** Reads what `writeIssuedLogin` wrote. */
export function readIssuedLogin(text: string): IssuedLogin {
  // JSON has no raw line break: the first one ends the records.
  const end = text.indexOf('\n');
  const { grant, keys } = JSON.parse(text.slice(0, end)) as Omit<IssuedLogin, 'answer'>;
  return { grant, keys, answer: text.slice(end + 1) };
}
