import { apiKeyId } from './api-keys/api-key.ts';
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
  /** When the access token expires: `expires_in` tells what is left of it when the answer is given. */
  readonly accessExpiresAtMs: number;
  /** The JSON that the program gets, byte for byte; that of an OAuth 2.0 client without `expires_in`. */
  readonly answer: string;
}

/** What a key that comes with a grant has of its own. */
export interface KeyOfGrant extends Pick<ApiKeyRecord, 'kind' | 'prefix' | 'expiresAtMs'> {
  readonly hash: string;
}

/** What keys take over from their grant. */
export type GrantOfKeys = Pick<Grant, 'id' | 'userId' | 'identityUuid' | 'clientName' | 'createdAtMs'>;

/** A key that comes with a grant: all else about it is the grant's. */
export function keyOfGrant(grant: GrantOfKeys, { hash, kind, prefix, expiresAtMs }: KeyOfGrant): NewApiKey {
  return {
    hash,
    record: {
      id: apiKeyId(hash),
      kind,
      userId: grant.userId,
      identityUuid: kind === 'identity' ? grant.identityUuid : '',
      label: grant.clientName,
      prefix,
      createdAtMs: grant.createdAtMs,
      expiresAtMs,
      grantId: grant.id,
      ancestorIds: [],
    },
  };
}

/** What is sealed of the records: of each key only what is its own, since a result takes space in Redis, its log and its replicas. */
type SealedRecords = Omit<IssuedLogin, 'answer' | 'keys'> & { readonly keys: readonly KeyOfGrant[] };

/** The text that is sealed: a line of records, then the answer, so that handing over need not parse what it passes on. */
export function writeIssuedLogin({ answer, keys, ...rest }: IssuedLogin): string {
  const records: SealedRecords = {
    ...rest,
    keys: keys.map(({ hash, record: { kind, prefix, expiresAtMs } }) => ({
      hash,
      kind,
      prefix,
      expiresAtMs,
    })),
  };
  return `${JSON.stringify(records)}\n${answer}`;
}

/** Reads what `writeIssuedLogin` wrote. */
export function readIssuedLogin(text: string): IssuedLogin {
  // JSON has no raw line break: the first one ends the records.
  const end = text.indexOf('\n');
  const { keys, ...rest } = JSON.parse(text.slice(0, end)) as SealedRecords;
  return {
    ...rest,
    keys: keys.map((key) => keyOfGrant(rest.grant, key)),
    answer: text.slice(end + 1),
  };
}
