import { createHash } from 'node:crypto';
import { fetchJson, type Reach } from './fetch-json.ts';
import { isWithin } from './is-within.ts';
import type { Credential } from './verification.ts';
import { isUserId } from './user-id.ts';

export interface IntrospectionDeps {
  readonly issuer: string;
  readonly audience: string;
  readonly endpoint: () => Promise<string>;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How long an answer is used, counted from its request. */
  readonly cacheMs: number;
  /** How many answers are cached: with one more, the oldest is forgotten. */
  readonly maxKept?: number;
  readonly reach: Reach;
  readonly nowMs: () => number;
}

/** Answers that are cached at most, unless said otherwise. */
const maxKeptByDefault = 10_000;

const kinds: Readonly<Record<string, Credential['kind']>> = {
  access_token: 'access',
  management_key: 'management',
  identity_key: 'identity',
};

/**
 * Introspects credentials at the authorization server (RFC 7662). Answers, negative ones too, are cached for `cacheMs` from the
 * request on, so that a revocation is noticed within that time; concurrent calls for one credential share one request.
 * Credentials are kept as hashes.
 */
export class Introspection {
  readonly #deps: IntrospectionDeps;
  readonly #authorization: string;
  readonly #kept = new Map<
    string,
    { readonly askedAtMs: number; readonly answer: Promise<Credential | null> }
  >();

  constructor(deps: IntrospectionDeps) {
    this.#deps = deps;
    // Both parts are form-encoded first. (RFC 6749 §2.3.1)
    const pair = [deps.clientId, deps.clientSecret].map((part) =>
      new URLSearchParams({ part }).toString().slice('part='.length),
    );
    this.#authorization = `Basic ${Buffer.from(pair.join(':')).toString('base64')}`;
  }

  /** The credential, if it is active; null if not. Rejects if the server does not answer or refuses the request. */
  ask(token: string): Promise<Credential | null> {
    const { nowMs, cacheMs } = this.#deps;
    const id = createHash('sha256').update(token).digest('base64url');
    const kept = this.#kept.get(id);
    if (kept && isWithin(cacheMs, kept.askedAtMs, nowMs())) return kept.answer;
    const entry = { askedAtMs: nowMs(), answer: this.#question(token) };
    this.#kept.delete(id);
    this.#kept.set(id, entry);
    this.#forgetOld();
    entry.answer.catch(() => {
      if (this.#kept.get(id) === entry) this.#kept.delete(id);
    });
    return entry.answer;
  }

  async #question(token: string): Promise<Credential | null> {
    const { reach, endpoint, nowMs } = this.#deps;
    const answer = await fetchJson(reach, await endpoint(), {
      method: 'POST',
      headers: { authorization: this.#authorization },
      body: new URLSearchParams({ token }),
    });
    if (typeof answer['active'] !== 'boolean') throw new Error('The introspection answer lacks "active".');
    return answer['active'] ? readAnswer(answer, this.#deps, nowMs()) : null;
  }

  /** Entries are in the order of their requests. */
  #forgetOld(): void {
    const { nowMs, cacheMs, maxKept = maxKeptByDefault } = this.#deps;
    for (const [id, { askedAtMs }] of this.#kept) {
      if (this.#kept.size <= maxKept && isWithin(cacheMs, askedAtMs, nowMs())) return;
      this.#kept.delete(id);
    }
  }
}

/** What an active credential is; null when it is none that opens this resource, such as a refresh token. (RFC 7662 §2.2) */
function readAnswer(
  answer: Readonly<Record<string, unknown>>,
  { issuer, audience }: Pick<IntrospectionDeps, 'issuer' | 'audience'>,
  nowMs: number,
): Credential | null {
  const { credential: type, sub, exp, iss, aud, scope, client_id: clientId } = answer;
  const { grant_id: grantId, identity_uuid: identityUuid } = answer;
  const kind = typeof type === 'string' ? kinds[type] : undefined;
  if (kind === undefined || (iss !== undefined && iss !== issuer)) return null;
  if (aud !== undefined && ![aud].flat().includes(audience)) return null;
  if (typeof sub !== 'string' || !isUserId(sub)) return null;
  const expiresAt = typeof exp === 'number' ? new Date(exp * 1000) : null;
  if (expiresAt && expiresAt.getTime() <= nowMs) return null;
  // An identity key without an identity would open the whole account.
  if (kind === 'identity' && typeof identityUuid !== 'string') return null;
  return {
    kind,
    userId: Number(sub),
    ...(typeof grantId === 'string' && grantId !== '' ? { grantId } : {}),
    ...(typeof identityUuid === 'string' && identityUuid !== '' ? { identityUuid } : {}),
    scope: typeof scope === 'string' ? scope : '',
    clientId: typeof clientId === 'string' ? clientId : '',
    expiresAt,
  };
}
