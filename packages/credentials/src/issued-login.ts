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

/** What a key that comes with a grant has of its own. */
export interface KeyOfGrant extends Pick<ApiKeyRecord, 'id' | 'kind' | 'prefix'> {
  readonly hash: string;
}

/** A key that comes with a grant: all else about it is the grant's. */
export function keyOfGrant(grant: Grant, { hash, id, kind, prefix }: KeyOfGrant): NewApiKey {
  return {
    hash,
    record: {
      id,
      kind,
      userId: grant.userId,
      identityUuid: kind === 'identity' ? grant.identityUuid : '',
      label: grant.clientName,
      prefix,
      createdAtMs: grant.createdAtMs,
      expiresAtMs: grant.expiresAtMs,
      grantId: grant.id,
    },
  };
}

/** What is sealed of the records: of each key its own alone, since a result lies in Redis, its log and its replicas. */
type SealedRecords = Omit<IssuedLogin, 'answer' | 'keys'> & {
  /** Whole ones were sealed by issuers of an older version; a login may be collected after an upgrade. */
  readonly keys: readonly (KeyOfGrant | NewApiKey)[];
};

/** The text that is sealed: a line of records, then the answer, so that handing over need not parse what it passes on. */
export function writeIssuedLogin({ grant, keys, approvedAtMs, answer }: IssuedLogin): string {
  const records: SealedRecords = {
    grant,
    keys: keys.map(({ hash, record: { id, kind, prefix } }) => ({ hash, id, kind, prefix })),
    approvedAtMs,
  };
  return `${JSON.stringify(records)}\n${answer}`;
}

/** Reads what `writeIssuedLogin` wrote. */
export function readIssuedLogin(text: string): IssuedLogin {
  // JSON has no raw line break: the first one ends the records.
  const end = text.indexOf('\n');
  const { grant, keys, approvedAtMs } = JSON.parse(text.slice(0, end)) as SealedRecords;
  return {
    grant,
    keys: keys.map((key) => ('record' in key ? key : keyOfGrant(grant, key))),
    approvedAtMs,
    answer: text.slice(end + 1),
  };
}
