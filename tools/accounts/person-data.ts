import type { Account, AccountStore, Factors, Identity, Passkey, ProviderLink } from '@ravi/accounts';
import type {
  AccountView,
  ApiKeyKind,
  Page,
  PageRequest,
  StoredApiKey,
  StoredGrant,
} from '@ravi/credentials';
import type { Operator } from './operator.ts';

/** Entries that are read at once. */
const pageSize = 200;

/** An account as the lists of what it granted are read. */
export function viewOf({ id, epoch }: Account, identities: readonly Identity[]): AccountView {
  return { id, epoch, identityUuids: new Set(identities.map(({ uuid }) => uuid)) };
}

export async function signInOf(
  accounts: AccountStore,
  { id, email }: Account,
): Promise<'password' | 'provider'> {
  return (await accounts.findSignIn(email))?.userId === id ? 'password' : 'provider';
}

const useOf = ({ addedAtMs, lastUsedAtMs }: Pick<Passkey, 'addedAtMs' | 'lastUsedAtMs'>) => ({
  addedAt: isoTime(addedAtMs),
  lastUsedAt: isoTime(lastUsedAtMs),
});

/** The second factors of an account, without their secrets. */
export function factorData({ totp, passkeys, recoveryCodes }: Factors) {
  return {
    authenticatorApp: totp && useOf(totp),
    passkeys: passkeys.map((passkey) => ({
      name: passkey.name,
      onSeveralDevices: passkey.backedUp,
      ...useOf(passkey),
    })),
    recoveryCodesLeft: recoveryCodes.length,
  };
}

/** A provider through which somebody signs in, and who they are there as far as it told. */
export function providerData({ provider, email, linkedAtMs }: ProviderLink) {
  return { provider, email, linkedAt: isoTime(linkedAtMs) };
}

/** All entries of a list, read page by page. */
export async function* everyEntry<Entry>(
  read: (request: PageRequest) => Promise<Page<Entry>>,
): AsyncGenerator<Entry> {
  for (let offset = 0; ; offset += pageSize) {
    const { entries, total } = await read({ offset, count: pageSize });
    yield* entries;
    if (offset + pageSize >= total) return;
  }
}

/** A login without its secrets. */
export function loginData(grant: StoredGrant) {
  const { id, clientId, clientName, address, userAgent, scope, requestedScope, identityUuid } = grant;
  return {
    id,
    clientId,
    clientName,
    address,
    userAgent,
    scope,
    requestedScope,
    identityUuid,
    createdAt: isoTime(grant.createdAtMs),
    refreshedAt: isoTime(grant.refreshedAtMs),
    lastUsedAt: isoTime(grant.lastUsedAtMs),
    expiresAt: isoTime(grant.expiresAtMs),
  };
}

/** An API key without its hash. */
export function keyData(key: StoredApiKey) {
  const { id, kind, label, prefix, identityUuid, grantId } = key;
  return {
    id,
    kind,
    label,
    prefix,
    identityUuid,
    loginId: grantId,
    createdAt: isoTime(key.createdAtMs),
    lastUsedAt: isoTime(key.lastUsedAtMs),
    expiresAt: isoTime(key.expiresAtMs),
  };
}

/** The living keys of an account, of both kinds. */
export async function* everyKey(
  { apiKeys, clock }: Operator,
  view: AccountView,
): AsyncGenerator<StoredApiKey> {
  for (const kind of ['management', 'identity'] satisfies ApiKeyKind[])
    yield* everyEntry((request) => apiKeys.page(view, kind, request, clock.nowMs()));
}

function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
