import type { KeyTerms } from '@ravi/device-login';
import { z } from 'zod';
import { shownName } from '../http/parse-body.ts';

/** Bounds of a key's lifetime: a shorter one is a mistake, a longer one means forever. */
const keyTtl = { min: 60, max: 10 * 365 * 86_400, error: 'must be a number of seconds from 60 to 315360000' };

/** The optional fields of an approval, the same in forms and JSON calls. */
export const approvalFields = {
  identity_uuid: z
    .union([z.uuid(), z.literal(['', 'new'])], { error: 'must be a UUID or "new"' })
    .default(''),
  identity_name: shownName.default(''),
  key_scope: z.enum(['account', 'identity'], { error: 'must be "account" or "identity"' }).default('account'),
  key_ttl: z
    .union([z.literal('').transform(() => null), z.null(), z.int(), z.string().regex(/^\d{1,9}$/)], {
      error: keyTtl.error,
    })
    .transform((seconds) => (seconds === null ? null : Number(seconds)))
    .refine((seconds) => seconds === null || (seconds >= keyTtl.min && seconds <= keyTtl.max), keyTtl.error)
    .default(null),
  verification: z
    .union([z.literal(''), z.string().regex(/^\d{2}$/)], {
      error: 'must be the two digits that the program shows',
    })
    .default(''),
};

const approvalInput = z.object(approvalFields);

/** The identity, scope and lifetime that a human chooses with an approval. */
export interface ApprovalRequest {
  readonly identity:
    | { readonly kind: 'none' }
    | { readonly kind: 'existing'; readonly uuid: string }
    /** Created with the approval; for an empty name, one is generated. */
    | { readonly kind: 'new'; readonly name: string };
  readonly keys: KeyTerms;
  /** The number that the human picked; empty for none. */
  readonly number: string;
}

/** Reads the parsed fields. */
export function approvalRequest(fields: z.infer<typeof approvalInput>): ApprovalRequest {
  return {
    identity: requestedIdentity(fields.identity_uuid, fields.identity_name),
    keys: { scope: fields.key_scope, ttlSeconds: fields.key_ttl },
    number: fields.verification,
  };
}

function requestedIdentity(uuid: string, name: string): ApprovalRequest['identity'] {
  if (uuid === '') return { kind: 'none' };
  return uuid === 'new' ? { kind: 'new', name } : { kind: 'existing', uuid };
}
