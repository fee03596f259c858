import { createHash } from 'node:crypto';
import { type AccountStore, hasRoomForIdentity, type IdentityStore, maxIdentities } from '@ravi/accounts';
import type { LoginId } from '@ravi/device-login';
import { uuidOfHash } from '@ravi/runtime';
import { Problem } from '../http/problem.ts';
import type { ApprovalRequest } from './approval-request.ts';

/** The identity for which an approval is made, or why it cannot be. */
export type IdentityChoice =
  /** `uuid` is empty where the human chose none and none is needed. */
  | { readonly kind: 'usable'; readonly uuid: string }
  /** To be created once the login is known to be pending. */
  | { readonly kind: 'new'; readonly name: string }
  | { readonly kind: 'unknownIdentity' }
  /** The keys are for one identity, and none was chosen. */
  | { readonly kind: 'identityNeeded' }
  | { readonly kind: 'tooManyIdentities' };

/** Checks the chosen identity against the account, in at most one round trip; in none for the whole account. */
export async function resolveIdentity(
  { identity, keys }: ApprovalRequest,
  userId: number,
  accounts: AccountStore,
): Promise<IdentityChoice> {
  switch (identity.kind) {
    case 'existing':
      return (await accounts.ownsIdentity(userId, identity.uuid))
        ? { kind: 'usable', uuid: identity.uuid }
        : { kind: 'unknownIdentity' };
    case 'new': {
      const identities = (await accounts.read(userId))?.identities ?? [];
      return hasRoomForIdentity(identities) ? identity : { kind: 'tooManyIdentities' };
    }
    case 'none': {
      if (keys.scope === 'account') return { kind: 'usable', uuid: '' };
      const [only, ...others] = (await accounts.read(userId))?.identities ?? [];
      return only && others.length === 0 ? { kind: 'usable', uuid: only.uuid } : { kind: 'identityNeeded' };
    }
  }
}

/**
 * The uuid of the identity that this human creates with this login: the same for every attempt, so that a double click
 * creates only one.
 */
export function newIdentityUuid(loginId: LoginId, startedAtMs: number, userId: number): string {
  return uuidOfHash(createHash('sha256').update(`${loginId}:${startedAtMs}:${userId}`).digest());
}

/**
 * Creates an identity with this name, once per uuid. A name that the account already has gets a number, as a copy of a file does.
 * Throws a Problem where no address is free.
 */
export async function createChosenIdentity(
  identities: IdentityStore,
  userId: number,
  name: string,
  place: { readonly uuid: string; readonly domain: string; readonly nowMs: number },
): Promise<'created' | 'exists' | 'tooMany'> {
  for (let copy = 1; copy <= maxIdentities; copy++) {
    const numbered = copy === 1 ? name : `${name} ${copy}`;
    const { kind } = await identities.add(userId, { name: name === '' ? undefined : numbered }, place);
    if (kind === 'written') return 'created';
    if (kind === 'exists' || kind === 'tooMany') return kind;
    if (kind !== 'nameTaken') break;
  }
  throw new Problem('unavailable', 'No free name and address were found for the identity. Try again.', {
    retryAfterSeconds: 1,
  });
}
