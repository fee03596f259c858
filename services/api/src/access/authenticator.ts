import {
  type ApiKeyStore,
  type GrantStore,
  recogniseApiKey,
  type StoredApiKey,
  type TokenVerifier,
} from '@ravi/credentials';
import type { Clock } from '@ravi/runtime';
import type { Context } from 'koa';
import { clientAddress } from '../client-address.ts';
import { Problem } from '../problem.ts';
import { type Capability, may } from './capabilities.ts';
import type { Principal } from './principal.ts';

/** What recognising callers needs. */
export interface AuthenticatorDeps {
  readonly tokens: TokenVerifier;
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
  readonly clock: Clock;
  /** An API key was used for the first time. */
  readonly onFirstUse: (key: StoredApiKey, address: string) => void;
}

/**
 * Recognises callers by `Authorization: Bearer` with an access token, a management key or an identity key. Every call asks
 * Redis, so that what was revoked is refused everywhere at once. (RFC 6750)
 */
export class Authenticator {
  readonly #deps: AuthenticatorDeps;

  constructor(deps: AuthenticatorDeps) {
    this.#deps = deps;
  }

  /** Who calls, if they may do this. Throws 401 without a valid credential, 403 where it is not good for that. */
  async require(ctx: Context, capability: Capability): Promise<Principal> {
    const principal = await this.#authenticate(ctx);
    if (!may(principal.role, capability)) {
      throw new Problem('forbidden', `This credential may not ${capability}.`);
    }
    return principal;
  }

  async #authenticate(ctx: Context): Promise<Principal> {
    const presented = /^bearer +([\w.~+/=-]+) *$/i.exec(ctx.get('Authorization'))?.[1];
    if (presented === undefined) {
      throw new Problem(
        'not_authenticated',
        'Send a credential: "Authorization: Bearer" with an access token or an API key.',
      );
    }
    const principal =
      recogniseApiKey(presented) === null
        ? await this.#byToken(presented)
        : await this.#byKey(presented, clientAddress(ctx));
    if (principal === null) {
      throw new Problem('invalid_token', 'This credential is unknown, expired or revoked. Log in again.');
    }
    return principal;
  }

  async #byKey(text: string, address: string): Promise<Principal | null> {
    const { apiKeys, clock, onFirstUse } = this.#deps;
    const key = await apiKeys.find(text, clock.nowMs());
    if (!key) return null;
    // Nobody waits for the note, and the call is served without it.
    apiKeys.noteUse(key, clock.nowMs()).then(
      (first) => first && onFirstUse(key, address),
      () => undefined,
    );
    return {
      role: key.kind,
      userId: key.userId,
      identityUuid: key.identityUuid,
      credential: 'key',
      key,
    };
  }

  async #byToken(text: string): Promise<Principal | null> {
    const { tokens, grants, clock } = this.#deps;
    const claims = await tokens.verify(text, 'access', clock.nowMs());
    // A token that is bound to a key is worth nothing without the proof. (RFC 9449 §7.2)
    if (!claims || claims.cnf) return null;
    const grant = await grants.find(claims.grant_id);
    if (grant?.state !== 'active' || String(grant.userId) !== claims.sub) return null;
    grants.noteUse(grant, clock.nowMs()).catch(() => undefined);
    const restricted = grant.scope === 'identity';
    return {
      role: restricted ? 'identity' : 'access',
      userId: grant.userId,
      identityUuid: restricted ? grant.identityUuid : '',
      credential: 'token',
      grant,
    };
  }
}
