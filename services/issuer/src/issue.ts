import type { AccountStore, AccountWithIdentities, Identity } from '@ravi/accounts';
import type { DeviceTokenSuccess, WireIdentity } from '@ravi/contract';
import { type ApiKeyStore, generateApiKey } from '@ravi/credentials';
import { type SigningKey, signTokenPair } from '@ravi/credentials/signing';
import type { LoginId, LoginStore } from '@ravi/device-login';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import { sealResult, unwrapResultKey } from '@ravi/sealing';

/** What issuing needs. */
export interface IssueDeps {
  readonly logins: LoginStore;
  readonly accounts: AccountStore;
  readonly apiKeys: ApiKeyStore;
  readonly signingKey: SigningKey;
  readonly serviceKeys: ServiceKeyGenerations;
  readonly issuer: string;
  readonly provisionalKeyTtlSeconds: number;
  readonly clock: Clock;
}

/** What became of a job, and which api instance to wake. */
export interface Issued {
  readonly kind: 'issued' | 'issuedBefore' | 'gone' | 'aborted';
  readonly waiter: string | null;
}

/**
 * Mints, seals and settles one approved login. Harmless to repeat: the settlement happens once, and what an
 * earlier, unfinished try minted expires by itself. Rejects when Redis is away; the job is then tried again.
 */
export async function issue(deps: IssueDeps, loginId: LoginId): Promise<Issued> {
  const login = await deps.logins.readForIssuance(loginId);
  if (!login || login.state === 'other') return { kind: 'gone', waiter: null };
  if (login.state === 'issued') return { kind: 'issuedBefore', waiter: login.waiter };

  const resultKey = unwrapResultKey(login.wrappedKey, loginId, login.deviceCodeHash, deps.serviceKeys);
  const owner = await deps.accounts.read(login.userId);
  // Neither can mend itself by trying again: end the login, so that the program may start a new one.
  if (!resultKey || !owner) return { kind: 'aborted', waiter: await deps.logins.abort(loginId) };

  const result = await mint(deps, owner, login.identityUuid, login.clientName);
  const settled = await deps.logins.settle(loginId, sealResult(JSON.stringify(result), loginId, resultKey));
  if (settled.kind === 'refused') return { kind: 'gone', waiter: null };
  return { kind: settled.again ? 'issuedBefore' : 'issued', waiter: settled.waiter };
}

/** Tokens and keys for an account: one identity with its key where there is a choice or just one, else the list. */
async function mint(
  deps: IssueDeps,
  { account, identities }: AccountWithIdentities,
  chosenUuid: string,
  label: string,
): Promise<DeviceTokenSuccess> {
  const nowMs = deps.clock.nowMs();
  const userId = account.id;
  const chosen =
    identities.find(({ uuid }) => uuid === chosenUuid) ??
    (identities.length === 1 ? identities[0] : undefined);
  const managementKey = generateApiKey('management');
  const identityKey = generateApiKey('identity');
  const store = (key: string, kind: 'management' | 'identity', identityUuid: string) =>
    deps.apiKeys.addProvisional(
      key,
      { kind, userId, identityUuid, label, createdAtMs: nowMs },
      deps.provisionalKeyTtlSeconds,
    );
  await Promise.all([
    store(managementKey, 'management', ''),
    ...(chosen ? [store(identityKey, 'identity', chosen.uuid)] : []),
  ]);
  const { access, refresh } = signTokenPair({ issuer: deps.issuer, userId, nowMs }, deps.signingKey);
  return {
    access,
    refresh,
    management_key: managementKey,
    user: { id: userId, email: account.email, first_name: account.firstName, last_name: account.lastName },
    ...(chosen
      ? { identity_key: identityKey, identity: wireIdentity(chosen) }
      : { identities: identities.map(wireIdentity) }),
  };
}

function wireIdentity(identity: Identity): WireIdentity {
  return {
    uuid: identity.uuid,
    name: identity.name,
    email: identity.email,
    inbox: identity.email,
    phone: identity.phone,
    created_dt: identity.createdAt,
    updated_dt: identity.updatedAt,
  };
}
