import { type DpopProofsInRedis, firstPartyClientId } from '@ravi/credentials';
import type { Clock } from '@ravi/runtime';
import type { Context } from 'koa';
import { readAuthorization } from '../http/authorization.ts';
import { clientAddress } from '../http/client-address.ts';
import { Problem } from '../http/problem.ts';
import { type Capability, may, type Role } from './capabilities.ts';
import type { Credentials, FoundCredential } from './credentials.ts';
import { nonceNeeded } from './nonce-needed.ts';
import type { Principal } from './principal.ts';

export interface AuthenticatorDeps {
  readonly credentials: Credentials;
  readonly proofs: DpopProofsInRedis;
  readonly clock: Clock;
  /** What the URL in a proof must start with. */
  readonly publicUrl: string;
}

/**
 * Recognises callers: by `Authorization: Bearer` with an access token, a management key or an identity key (RFC 6750), or by
 * `Authorization: DPoP` with an access token that is bound to a key, and the proof of that key (RFC 9449 §7.1).
 */
export class Authenticator {
  readonly #deps: AuthenticatorDeps;

  constructor(deps: AuthenticatorDeps) {
    this.#deps = deps;
  }

  /**
   * Who calls. Throws 401 without a valid credential, 403 if this one may not do that; for a change, `NotReplicated` if the end of the
   * credential may still be lost (`RECORDS_REPLICAS`).
   */
  async require(ctx: Context, capability: Capability): Promise<Principal> {
    const principal = await this.#authenticate(ctx);
    if (!may(principal.role, capability) || (capability === 'make keys' && !mayMakeKeys(principal))) {
      throw new Problem('forbidden', `This credential may not ${capability}.`);
    }
    return principal;
  }

  async #authenticate(ctx: Context): Promise<Principal> {
    const { credentials } = this.#deps;
    const { scheme, value: presented = '' } = readAuthorization(ctx.get('Authorization')) ?? {};
    if (scheme !== 'bearer' && scheme !== 'dpop') {
      throw new Problem(
        'not_authenticated',
        'Send a credential: "Authorization: Bearer" with an access token or an API key.',
      );
    }
    const found = await credentials.findForApi(presented);
    const boundTo = found?.kind === 'access' ? (found.claims.cnf?.jkt ?? '') : '';
    if (!found) {
      // An earlier try of the same change may have ended it, when too few replicas confirmed that.
      if (isChange(ctx.method)) await credentials.endReplicated(presented);
      throw new Problem('invalid_token', 'This credential is unknown, expired or revoked. Log in again.');
    }
    // A bound token needs its proof, and an unbound one must not come as `DPoP`. (§7.1, §7.2)
    const proven = scheme === 'dpop';
    if (proven !== (boundTo !== '')) throw otherScheme(proven);
    if (proven) await this.#requireProof(ctx, presented, boundTo);
    credentials.noteUse(found, clientAddress(ctx));
    return principalOf(found);
  }

  async #requireProof(ctx: Context, accessToken: string, boundTo: string): Promise<void> {
    const { proofs, clock, publicUrl } = this.#deps;
    const request = { method: ctx.method, url: publicUrl + ctx.path, accessToken };
    const check = await proofs.check(ctx.get('DPoP'), request, clock.nowMs());
    if (check.kind === 'proven' && check.thumbprint === boundTo) return;
    if (check.kind === 'nonceNeeded') throw nonceNeeded('unproven_without_nonce', check.nonce);
    const fault = check.kind === 'proven' ? 'the DPoP proof was made with another key' : check.fault;
    throw new Problem(
      'unproven',
      `This token needs a fresh DPoP proof of its key, for this request: ${fault}.`,
    );
  }
}

/** Whether a call of ours with this method changes something. */
function isChange(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** The refusal of a credential that came by the wrong one of the two schemes: what to send. */
function otherScheme(cameAsDpop: boolean): Problem {
  if (cameAsDpop) {
    const sentence = 'This credential is bound to no key: send it as "Authorization: Bearer".';
    return new Problem('invalid_token', sentence);
  }
  const sentence =
    'This token is bound to a key: send it as "Authorization: DPoP", with a DPoP proof of that key.';
  return new Problem('bound_token', sentence);
}

/**
 * Whether the credential belongs to a program of the JSON API and is bound to no key. API keys have no scope, audience or binding:
 * with one, a client of the OAuth API would escape its own.
 */
function mayMakeKeys({ grant }: Principal): boolean {
  return grant.clientId === firstPartyClientId && grant.keyThumbprint === '';
}

function principalOf(found: Exclude<FoundCredential, { kind: 'refresh' }>): Principal {
  const { grant, account } = found;
  if (found.kind === 'key') {
    const { key, ancestors } = found;
    const { kind: role, userId, identityUuid } = key;
    return { role, userId, account, identityUuid, grant, credential: 'key', key, ancestors };
  }
  const role = roleOf(found.claims.scope);
  return {
    role,
    userId: grant.userId,
    account,
    identityUuid: role === 'access' ? '' : grant.identityUuid,
    grant,
    credential: 'token',
  };
}

/** Reads the role from the token's own scope, which may be narrower than that of the login. (RFC 6749 §6) */
function roleOf(scope: string): Role {
  const words = scope.split(' ');
  if (words.includes('account')) return 'access';
  return words.includes('identity') ? 'identity' : 'other';
}
