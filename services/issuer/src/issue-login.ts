import { randomUUID } from 'node:crypto';
import type { AccountStore, AccountWithIdentities } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import { type DeviceTokenSuccess, type OAuthTokenSuccess, wireIdentity } from '@ravi/contract';
import {
  apiKeyEnd,
  type ApiKeyKind,
  firstPartyClientId,
  generateApiKey,
  type Grant,
  type GrantOfKeys,
  hashApiKey,
  type IssuedLogin,
  keyOfGrant,
  keyPrefix,
  type Lifetimes,
  narrowerScope,
  type NewApiKey,
  scopeText,
  writeIssuedLogin,
} from '@ravi/credentials';
import { type SigningKey, signTokenPair } from '@ravi/credentials/signing';
import type { ApprovedLogin, LoginId, LoginStore } from '@ravi/device-login';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import { sealResult, unwrapResultKey } from '@ravi/sealing';

export interface IssueDeps {
  readonly logins: LoginStore;
  /** Reads the account that approved, once for all of its logins in a job. */
  readonly owners: Pick<AccountStore, 'read'>;
  /** The key to sign with now. */
  readonly signingKey: () => SigningKey;
  readonly serviceKeys: ServiceKeyGenerations;
  readonly issuer: string;
  readonly lifetimes: Lifetimes;
  readonly clock: Clock;
  readonly audit: AuditLog;
  /** The channel on which the settling script wakes the waiting instance, `%s` for its name; empty if it cannot. */
  readonly wakeupChannel: string;
}

/** The outcome of issuing one login, and the api instances that are still to be woken. */
export interface Issued {
  readonly kind: 'issued' | 'issuedBefore' | 'gone' | 'aborted';
  readonly waiters: readonly string[];
  /** What was approved, where it was issued. */
  readonly login?: ApprovedLogin;
  /** Why it was aborted. */
  readonly reason?: AbortReason;
}

/** Why no credentials can ever be made for a login. */
export type AbortReason = 'account_gone' | 'secret_differs';

/**
 * Mints, seals and settles one approved login. Harmless to repeat: the settlement happens once, and nothing that is minted is written
 * anywhere else before the program collects it. `userId`: the account that approved, where it is known; it is then read at the same
 * time as the login. Rejects when Redis is away; the job is then tried again.
 */
export async function issue(deps: IssueDeps, loginId: LoginId, userId?: number): Promise<Issued> {
  const [login, expectedOwner] = await Promise.all([
    deps.logins.readForIssuance(loginId),
    userId === undefined ? null : deps.owners.read(userId),
  ]);
  if (!login || login.state === 'other') return { kind: 'gone', waiters: [] };
  if (login.state === 'issued') return { kind: 'issuedBefore', waiters: listOf(login.waiter), login };

  const resultKey = unwrapResultKey(login.wrappedKey, loginId, login.deviceCodeHash, deps.serviceKeys);
  const owner = login.userId === userId ? expectedOwner : await deps.owners.read(login.userId);
  // Trying again mends neither: end the login, so that the program may start a new one.
  if (!resultKey || !owner) return abort(deps, loginId, login, owner ? 'secret_differs' : 'account_gone');

  const text = writeIssuedLogin(mint(deps, owner, login));
  const sealed = sealResult(text, loginId, resultKey);
  const settled = await deps.logins.settle(loginId, sealed, deps.wakeupChannel);
  if (settled.kind === 'refused') return { kind: 'gone', waiters: [] };
  if (!settled.again) deps.audit.note({ event: 'issued', login: loginId, user: login.userId });
  return { kind: settled.again ? 'issuedBefore' : 'issued', waiters: listOf(settled.waiter), login };
}

async function abort(
  { logins, audit }: IssueDeps,
  loginId: LoginId,
  { userId }: ApprovedLogin,
  reason: AbortReason,
): Promise<Issued> {
  const abortion = await logins.abort(loginId);
  if (abortion.kind === 'refused') return { kind: 'gone', waiters: [] };
  audit.note({ event: 'aborted', login: loginId, user: userId, reason });
  return { kind: 'aborted', waiters: abortion.waiters, reason };
}

/** The grant, its tokens, and for programs of the JSON calls the API keys. */
function mint(deps: IssueDeps, owner: AccountWithIdentities, login: ApprovedLogin): IssuedLogin {
  const { lifetimes } = deps;
  // Redis's clock counts where this machine's is behind: otherwise the tokens might have expired already.
  const nowMs = Math.max(deps.clock.nowMs(), login.approvedAtMs);
  const { identities } = owner;
  const chosen =
    identities.find(({ uuid }) => uuid === login.identityUuid) ??
    // Where one was chosen and is gone, no other takes its place, and the program is refused as it collects.
    (login.identityUuid === '' && identities.length === 1 ? identities[0] : undefined);
  const unsigned = {
    id: randomUUID(),
    userId: owner.account.id,
    accountEpoch: login.accountEpoch,
    clientId: login.clientId === '' ? firstPartyClientId : login.clientId,
    clientName: login.clientName,
    address: login.address,
    userAgent: login.userAgent,
    createdAtMs: nowMs,
    identityUuid: chosen?.uuid ?? login.identityUuid,
    scope: narrowerScope(login.keyScope, login.requestedScope),
    requestedScope: login.requestedScope,
    resource: login.resource,
    keyThumbprint: login.keyThumbprint,
    expiresAtMs: login.keyTtlSeconds === null ? null : nowMs + login.keyTtlSeconds * 1000,
  };
  const tokens = signTokenPair(
    { issuer: deps.issuer, grant: unsigned, seq: 1, lifetimes, nowMs },
    deps.signingKey(),
  );
  const { refreshJti, refreshExpiresAtMs, accessExpiresAtMs } = tokens;
  if (login.protocol === 'oauth') {
    const grant: Grant = { ...unsigned, refreshJti, refreshExpiresAtMs, keyIds: [] };
    const answer: Omit<OAuthTokenSuccess, 'expires_in'> = {
      access_token: tokens.access,
      token_type: grant.keyThumbprint === '' ? 'Bearer' : 'DPoP',
      refresh_token: tokens.refresh,
      scope: scopeText(grant.scope, grant.requestedScope),
    };
    return { grant, keys: [], accessExpiresAtMs, answer: JSON.stringify(answer) };
  }
  const expiresAtMs = apiKeyEnd(lifetimes, {
    nowMs,
    ttlSeconds: login.keyTtlSeconds,
    makerEndsAtMs: unsigned.expiresAtMs,
  });
  const management = unsigned.scope === 'account' ? newApiKey('management', unsigned, expiresAtMs) : null;
  const identity = chosen ? newApiKey('identity', unsigned, expiresAtMs) : null;
  const keys = [management, identity].filter((key) => key !== null);
  const { account } = owner;
  const answer: DeviceTokenSuccess = {
    access: tokens.access,
    refresh: tokens.refresh,
    // The contract asks for the field; an empty one says that the human did not grant the whole account.
    management_key: management?.text ?? '',
    user: {
      id: account.id,
      email: account.email,
      first_name: account.firstName,
      last_name: account.lastName,
    },
    ...(identity && chosen
      ? { identity_key: identity.text, identity: wireIdentity(chosen) }
      : { identities: identities.map(wireIdentity) }),
  };
  return {
    grant: { ...unsigned, refreshJti, refreshExpiresAtMs, keyIds: keys.map(({ record }) => record.id) },
    keys: keys.map(({ hash, record }) => ({ hash, record })),
    accessExpiresAtMs,
    answer: JSON.stringify(answer),
  };
}

/** A fresh key and what will be stored of it. */
function newApiKey(
  kind: ApiKeyKind,
  grant: GrantOfKeys,
  expiresAtMs: number | null,
): NewApiKey & { readonly text: string } {
  const text = generateApiKey(kind);
  return {
    text,
    ...keyOfGrant(grant, { hash: hashApiKey(text), kind, prefix: keyPrefix(text), expiresAtMs }),
  };
}

const listOf = (waiter: string | null): readonly string[] => (waiter === null ? [] : [waiter]);
