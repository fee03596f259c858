import {
  type ApiKeyStore,
  type GrantStore,
  recogniseApiKey,
  type StoredApiKey,
  type StoredGrant,
  type TokenClaims,
  type TokenVerifier,
} from '@ravi/credentials';
import type { Clock } from '@ravi/runtime';
import type { Principal } from './principal.ts';

/** A credential that is valid now. */
export type FoundCredential =
  | { readonly kind: 'key'; readonly key: StoredApiKey }
  | { readonly kind: 'access'; readonly claims: TokenClaims; readonly grant: StoredGrant }
  /** `latest`: it has not been used yet. */
  | {
      readonly kind: 'refresh';
      readonly claims: TokenClaims;
      readonly grant: StoredGrant;
      readonly latest: boolean;
    };

/** What recognising credentials needs. */
export interface CredentialsDeps {
  readonly tokenVerifier: TokenVerifier;
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
  readonly clock: Clock;
  /** An API key was used for the first time. */
  readonly onFirstUse: (key: StoredApiKey, address: string) => void;
}

/** Recognises credentials of every kind. Each look asks Redis, so that what was ended is unknown everywhere at once. */
export class Credentials {
  readonly #deps: CredentialsDeps;

  constructor(deps: CredentialsDeps) {
    this.#deps = deps;
  }

  /** The credential behind a text, tried as any kind; null when it is none, or is expired or ended. */
  async find(text: string): Promise<FoundCredential | null> {
    return (await this.findForApi(text)) ?? this.#refreshToken(text);
  }

  /** The same for what opens an API: access tokens and API keys. */
  async findForApi(text: string): Promise<Exclude<FoundCredential, { kind: 'refresh' }> | null> {
    return recogniseApiKey(text) === null ? this.#accessToken(text) : this.#apiKey(text);
  }

  /** Whether the credential of a caller who was let in is valid still. */
  async stillValid(caller: Principal): Promise<boolean> {
    const { grants, apiKeys, clock } = this.#deps;
    if (caller.credential === 'key')
      return (await apiKeys.findByHash(caller.key.hash, clock.nowMs())) !== null;
    return (await grants.find(caller.grant.id))?.state === 'active';
  }

  /** Notes that a credential was used, and from where. Nobody waits for it, and a call is served without. */
  noteUse(credential: FoundCredential, address: string): void {
    const { grants, apiKeys, clock, onFirstUse } = this.#deps;
    if (credential.kind !== 'key') {
      grants.noteUse(credential.grant, clock.nowMs()).catch(() => undefined);
      return;
    }
    const { key } = credential;
    apiKeys.noteUse(key, clock.nowMs()).then(
      (first) => first && onFirstUse(key, address),
      () => undefined,
    );
  }

  async #apiKey(text: string): Promise<Extract<FoundCredential, { kind: 'key' }> | null> {
    const { apiKeys, clock } = this.#deps;
    const key = await apiKeys.find(text, clock.nowMs());
    return key && { kind: 'key', key };
  }

  async #accessToken(text: string): Promise<Extract<FoundCredential, { kind: 'access' }> | null> {
    const claims = await this.#deps.tokenVerifier.verify(text, 'access', this.#deps.clock.nowMs());
    const grant = claims && (await this.#activeGrant(claims));
    return grant && { kind: 'access', claims, grant };
  }

  async #refreshToken(text: string): Promise<Extract<FoundCredential, { kind: 'refresh' }> | null> {
    const claims = await this.#deps.tokenVerifier.verify(text, 'refresh', this.#deps.clock.nowMs());
    const grant = claims && (await this.#activeGrant(claims));
    return grant && { kind: 'refresh', claims, grant, latest: grant.refreshJti === claims.jti };
  }

  async #activeGrant(claims: TokenClaims): Promise<StoredGrant | null> {
    const grant = await this.#deps.grants.find(claims.grant_id);
    return grant?.state === 'active' && String(grant.userId) === claims.sub ? grant : null;
  }
}
