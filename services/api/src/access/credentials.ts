import type { Account, AccountStanding, AccountStore } from '@ravi/accounts';
import {
  apiKeyId,
  type ApiKeyStore,
  type GrantStore,
  hashApiKey,
  recogniseApiKey,
  type StoredApiKey,
  type StoredGrant,
  type TokenClaims,
  type TokenVerifier,
} from '@ravi/credentials';
import { BoundedMap, type Clock } from '@ravi/runtime';

/** A grant that is active, and its account, in the epoch in which it was granted. */
export interface LivingGrant {
  readonly grant: StoredGrant;
  readonly account: Account;
}

/** A key that is alive, with what it belongs to. */
export interface FoundKey extends LivingGrant {
  readonly kind: 'key';
  readonly key: StoredApiKey;
  /** The keys from which it descends, the nearest first. */
  readonly ancestors: readonly StoredApiKey[];
}

/** A credential that is valid now. */
export type FoundCredential =
  | FoundKey
  | ({ readonly kind: 'access'; readonly claims: TokenClaims } & LivingGrant)
  /** `latest`: it has not been used yet. */
  | ({ readonly kind: 'refresh'; readonly claims: TokenClaims; readonly latest: boolean } & LivingGrant);

export interface CredentialsDeps {
  readonly tokenVerifier: TokenVerifier;
  readonly accountStore: Pick<AccountStore, 'standing' | 'replicated'>;
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
  /** For how many replicas an end waits. */
  readonly recordsReplicas: number;
  readonly clock: Clock;
  /** An API key was used for the first time. */
  readonly onFirstUse: (key: StoredApiKey, address: string) => void;
}

/** What a key belongs to. It never changes, so that a process may remember it. */
type Lineage = Pick<StoredApiKey, 'userId' | 'grantId' | 'identityUuid' | 'ancestorIds'>;

/** Whose record can end a credential: a login, an account, and keys. */
interface Roots {
  readonly grantId: string;
  readonly userId: number;
  readonly keyIds: readonly string[];
}

/** Keys of which a process remembers what they belong to: about 4 MB. */
const rememberedKeys = 10_000;

/**
 * Recognises credentials of every kind. Each look-up asks Redis for the credential, its grant and its account in one round trip, and
 * honours the end of each: what was ended is unknown everywhere at once. Only the first look-up of a key in this process takes two.
 */
export class Credentials {
  readonly #deps: CredentialsDeps;
  readonly #lineages = new BoundedMap<string, Lineage>(rememberedKeys);

  constructor(deps: CredentialsDeps) {
    this.#deps = deps;
  }

  /** The credential behind a text, tried as any kind and for any service; null when it is none, or is expired or ended. */
  async find(text: string): Promise<FoundCredential | null> {
    if (recogniseApiKey(text) !== null) return this.findKey(hashApiKey(text));
    return (await this.#accessToken(text, true)) ?? this.#refreshToken(text);
  }

  /** The API key or access token behind a text, for our own API: a token for another service counts as none. (RFC 9068 §4) */
  async findForApi(text: string): Promise<Exclude<FoundCredential, { kind: 'refresh' }> | null> {
    return recogniseApiKey(text) === null ? this.#accessToken(text, false) : this.findKey(hashApiKey(text));
  }

  /** The key with this hash; null when it, a key from which it descends, its grant or the epoch of its account has ended. */
  async findKey(hash: string): Promise<FoundKey | null> {
    const { apiKeys, grants, accountStore, clock } = this.#deps;
    const id = apiKeyId(hash);
    const nowMs = clock.nowMs();
    const lineage = this.#lineages.get(hash) ?? (await this.#learn(id, hash, nowMs));
    if (lineage === null) return null;
    const [key, grant, standing, ...ancestors] = await Promise.all([
      apiKeys.find(id, nowMs),
      grants.find(lineage.grantId),
      accountStore.standing(lineage.userId, lineage.identityUuid),
      ...lineage.ancestorIds.map((ancestor) => apiKeys.find(ancestor, nowMs)),
    ]);
    const living = ancestors.filter((ancestor) => ancestor !== null);
    const its = livingGrant(grant, lineage.userId, standing, nowMs);
    if (key?.hash !== hash || living.length < lineage.ancestorIds.length || its === null) {
      this.#lineages.delete(hash);
      return null;
    }
    return { kind: 'key', key, ...its, ancestors: living };
  }

  /** The grant of a token whose signature was checked; null when it or the epoch of its account has ended. One round trip. */
  async findGrant(claims: GrantClaims): Promise<StoredGrant | null> {
    return (await this.#livingGrant(claims))?.grant ?? null;
  }

  /**
   * Resolves once enough replicas know what ended a credential, for any service, that has ended here: its own end, that of a key from which
   * it descends, of its login, or of its identity. At once where nobody waits for replicas, and for what is no credential or one whose
   * end is forgotten. Rejects with `NotReplicated`.
   */
  async endReplicated(text: string): Promise<void> {
    const { recordsReplicas, grants, accountStore } = this.#deps;
    const roots = recordsReplicas === 0 ? null : await this.#rootsOf(text);
    if (roots === null) return;
    await grants.replicated(roots.grantId, roots.keyIds);
    // One after the other: whoever waits in vain is counted once.
    await accountStore.replicated(roots.userId);
  }

  /** Notes that a credential was used, and from where. Not awaited: the call is served even if this fails. */
  noteUse(credential: FoundCredential, address: string): void {
    const { grants, apiKeys, clock, onFirstUse } = this.#deps;
    const { grant } = credential;
    const nowMs = clock.nowMs();
    if (credential.kind !== 'key') {
      grants.noteUse(grant, nowMs).catch(() => undefined);
      return;
    }
    const { key, ancestors } = credential;
    const noting = async () => {
      const [first] = await Promise.all([
        apiKeys.noteUse(key, ancestors, grant.accountEpoch, nowMs),
        grants.noteUse(grant, nowMs),
      ]);
      if (first === true) onFirstUse(key, address);
    };
    noting().catch(() => undefined);
  }

  /** Notes that the tokens of a grant were refreshed: a login of which nothing else is used here is used by that. Not awaited. */
  noteRefresh(grant: StoredGrant): void {
    const { grants, clock } = this.#deps;
    grants.noteUse(grant, clock.nowMs()).catch(() => undefined);
  }

  /** The records that can end a credential, whether it has ended or not; null for what is none. */
  async #rootsOf(text: string): Promise<Roots | null> {
    const { tokenVerifier, apiKeys, clock } = this.#deps;
    if (recogniseApiKey(text) !== null) {
      const id = apiKeyId(hashApiKey(text));
      const descent = await apiKeys.descent(id);
      return descent && { ...descent, keyIds: [id, ...descent.ancestorIds] };
    }
    const nowMs = clock.nowMs();
    const claims =
      (await tokenVerifier.verify(text, 'refresh', nowMs)) ??
      (await tokenVerifier.verify(text, 'access', nowMs, { anyAudience: true }));
    return claims && { grantId: claims.grant_id, userId: Number(claims.sub), keyIds: [] };
  }

  async #learn(id: string, hash: string, nowMs: number): Promise<Lineage | null> {
    const key = await this.#deps.apiKeys.find(id, nowMs);
    if (key?.hash !== hash) return null;
    const { userId, grantId, identityUuid, ancestorIds } = key;
    const lineage: Lineage = { userId, grantId, identityUuid, ancestorIds };
    this.#lineages.set(hash, lineage);
    return lineage;
  }

  async #accessToken(
    text: string,
    anyAudience: boolean,
  ): Promise<Extract<FoundCredential, { kind: 'access' }> | null> {
    const found = await this.#token(text, 'access', anyAudience);
    return found && { kind: 'access', ...found };
  }

  async #refreshToken(text: string): Promise<Extract<FoundCredential, { kind: 'refresh' }> | null> {
    const found = await this.#token(text, 'refresh', false);
    if (!found) return null;
    const { refreshJti, refreshSeq } = found.grant;
    const latest = refreshJti === found.claims.jti || (found.claims.seq ?? 0) > refreshSeq;
    return { kind: 'refresh', ...found, latest };
  }

  /** A token with a valid signature, and its grant and account. Whether its signing key still counts is read in the same round trip. */
  async #token(
    text: string,
    kind: 'access' | 'refresh',
    anyAudience: boolean,
  ): Promise<({ readonly claims: TokenClaims } & LivingGrant) | null> {
    const { tokenVerifier, clock } = this.#deps;
    const checked = await tokenVerifier.check(text, kind, clock.nowMs(), { anyAudience });
    if (!checked) return null;
    const { claims, stands } = checked;
    const [living, isStanding] = await Promise.all([this.#livingGrant(claims), stands]);
    return living && isStanding ? { claims, ...living } : null;
  }

  async #livingGrant(claims: GrantClaims): Promise<LivingGrant | null> {
    const { grants, accountStore, clock } = this.#deps;
    const userId = Number(claims.sub);
    const [grant, standing] = await Promise.all([
      grants.find(claims.grant_id),
      accountStore.standing(userId, claims.identity_uuid),
    ]);
    return livingGrant(grant, userId, standing, clock.nowMs());
  }
}

/** What a token says of the grant to which it belongs. */
type GrantClaims = Pick<TokenClaims, 'grant_id' | 'sub' | 'identity_uuid'>;

function livingGrant(
  grant: StoredGrant | null,
  userId: number,
  standing: AccountStanding | null,
  nowMs: number,
): LivingGrant | null {
  const isAlive =
    grant?.state === 'active' &&
    grant.userId === userId &&
    (grant.expiresAtMs === null || nowMs < grant.expiresAtMs) &&
    standing?.hasIdentity === true &&
    standing.account.epoch === grant.accountEpoch;
  return isAlive ? { grant, account: standing.account } : null;
}
