import { checkAccessToken } from './access-token.ts';
import { recogniseApiKey } from './api-key-format.ts';
import { DpopProofsInMemory } from './dpop-proofs-in-memory.ts';
import type { Reach } from './fetch-json.ts';
import { Introspection } from './introspection.ts';
import { KeySet } from './key-set.ts';
import { metadataOf } from './metadata.ts';
import { type ResourceMetadata, resourceMetadataOf } from './resource-metadata.ts';
import {
  type Credential,
  hasScope,
  insufficient,
  type Needs,
  refuse,
  type RequestFacts,
  type Verification,
  withParameters,
} from './verification.ts';

/** How a resource server authenticates to the introspection call. (RFC 7662 §2.1) */
export interface IntrospectionOptions {
  /** The name of this service in `RESOURCE_SERVERS` of the authorization server. */
  readonly clientId: string;
  /** Its secret there. */
  readonly clientSecret: string;
  /** Default: the `introspection_endpoint` of the issuer's metadata. */
  readonly endpoint?: string;
  /** How long an answer may be used, 0 to 1000 ms. Default 1000: a revocation is effective within a second. */
  readonly cacheMs?: number;
}

export interface VerifierOptions {
  /** The authorization server: the `iss` of its tokens, such as `https://login.example.com`. */
  readonly issuer: string;
  /**
   * What tokens must carry as `aud`: your service's `resource`, as it is registered with the authorization server, or `ravi-api` for a part
   * of its own API. There is no default: a token that is good for two services can be used by each of them at the other. (RFC 9068 §4)
   */
  readonly audience: string;
  /** The scopes that programs may ask for, as the metadata of this service tells them. Default: not told. */
  readonly scopes?: readonly string[];
  /** Default: the `jwks_uri` of the issuer's metadata. */
  readonly jwksUri?: string;
  /** Without it, API keys are refused: only the authorization server knows whether one is valid. */
  readonly introspection?: IntrospectionOptions;
  /**
   * Introspect access tokens as well. Without it a token is good until it expires; with it, a revocation is
   * effective within a second, at the price of a call a second for each token in use.
   */
  readonly introspectTokens?: boolean;
  /** Clock tolerance. Default 5. */
  readonly clockToleranceSeconds?: number;
  /** Time limit for an answer of the authorization server. Default 3000. */
  readonly timeoutMs?: number;
  /** For tests and proxies. */
  readonly fetch?: typeof fetch;
  /** For tests: milliseconds since the epoch. */
  readonly nowMs?: () => number;
}

/** Checks credentials. One for each issuer, kept for the life of the process: it caches. */
export interface Verifier {
  /** What this service tells programs about itself, where its audience is a URL: serve it, since challenges name it. (RFC 9728) */
  readonly resourceMetadata: ResourceMetadata | null;
  /** The origin of the audience, where that is an http or https URL: where programs reach the service. */
  readonly origin: string | null;
  /**
   * Checks the header `Authorization` of a request: `Bearer` with an access token or an API key, or `DPoP` with a bound token and
   * its proof, for which the request is needed too. Challenges name the scope that the call needs, else `scopes`. Never rejects.
   */
  verify(authorization: string | undefined, request?: RequestFacts, needs?: Needs): Promise<Verification>;
  /** Checks a credential without a scheme, such as from a message of another protocol. Never rejects. */
  verifyToken(token: string): Promise<Verification>;
}

const invalid = () => refuse('invalid_token', 'the credential is unknown, malformed, expired or revoked');

/**
 * Makes a verifier. Nothing is fetched before the first check. Throws a TypeError when the issuer is no absolute URL of http or https, the
 * audience is not said, tokens shall be introspected and it is not said how, or `introspection` lacks the id or the secret.
 *
 * @example
 * const verifier = createVerifier({ issuer: 'https://login.example.com', audience: 'https://notes.example.com' });
 * const caller = await verifier.verify(request.headers.authorization);
 * if (caller.kind === 'access') serve(caller.userId);
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const { issuer, audience, introspection: how } = options;
  if (originOf(issuer) === null)
    throw new TypeError('issuer must be an absolute URL, such as https://login.example.com');
  // From JavaScript it may be missing: then it would not be checked at all.
  if (typeof audience !== 'string' || audience === '') {
    throw new TypeError('audience must be the resource of this service, or "ravi-api"');
  }
  if (options.introspectTokens && !how) throw new TypeError('introspectTokens needs introspection');
  // A secret from a variable that is not set: every key would be unavailable.
  if (how && !(how.clientId && how.clientSecret)) {
    throw new TypeError(
      'introspection needs the clientId and the clientSecret of this service, as registered',
    );
  }
  const nowMs = options.nowMs ?? Date.now;
  const reach: Reach = { fetch: options.fetch ?? fetch, timeoutMs: options.timeoutMs ?? 3_000 };
  const metadata = metadataOf(issuer, reach);
  const tokens = {
    issuer,
    audience,
    keys: new KeySet({
      url: async () => options.jwksUri ?? (await metadata()).jwksUri,
      reach,
      nowMs,
    }),
    nowMs,
    clockToleranceSeconds: options.clockToleranceSeconds ?? 5,
  };
  const introspection = how
    ? new Introspection({
        issuer,
        audience,
        endpoint: async () => {
          const endpoint = how.endpoint ?? (await metadata()).introspectionEndpoint;
          if (endpoint === null) throw new Error('The metadata names no introspection_endpoint.');
          return endpoint;
        },
        clientId: how.clientId,
        clientSecret: how.clientSecret,
        cacheMs: Math.min(Math.max(how.cacheMs ?? 1_000, 0), 1_000),
        reach,
        nowMs,
      })
    : null;
  const proofs = new DpopProofsInMemory(nowMs);

  const checkKey = async (key: string, kind: Credential['kind']): Promise<Verification> => {
    if (!introspection)
      return refuse('invalid_token', 'API keys are not accepted here; send an access token');
    const credential = await introspection.ask(key);
    return credential?.kind === kind ? credential : invalid();
  };

  const checkToken = async (
    scheme: 'Bearer' | 'DPoP',
    token: string,
    request: RequestFacts | undefined,
  ): Promise<Verification> => {
    const valid = await checkAccessToken(tokens, token);
    if (!valid) return invalid();
    const { credential, boundTo } = valid;
    if (boundTo !== null) {
      if (scheme === 'Bearer')
        return refuse('invalid_token', 'this token is bound to a key; use the DPoP scheme', 'DPoP');
      const fault = proofs.fault(token, boundTo, request);
      if (fault !== null) return refuse('invalid_dpop_proof', fault, 'DPoP');
    } else if (scheme === 'DPoP') {
      return refuse('invalid_token', 'this token is bound to no key; use the Bearer scheme');
    }
    if (!options.introspectTokens || !introspection) return credential;
    const current = await introspection.ask(token);
    return current?.kind === 'access' && current.userId === credential.userId ? credential : invalid();
  };

  const check = async (
    scheme: 'Bearer' | 'DPoP',
    text: string,
    request?: RequestFacts,
  ): Promise<Verification> => {
    try {
      const keyKind = scheme === 'Bearer' ? recogniseApiKey(text) : null;
      return await (keyKind === null ? checkToken(scheme, text, request) : checkKey(text, keyKind));
    } catch (error) {
      return {
        kind: 'unavailable',
        status: 503,
        description: 'credentials cannot be checked now; try again',
        cause: error as Error,
      };
    }
  };

  const resourceMetadata = resourceMetadataOf(audience, issuer, options.scopes);
  const checkHeader = async (
    authorization: string | undefined,
    request: RequestFacts | undefined,
  ): Promise<Verification> => {
    // What another scheme brings is no credential for this service, and no mistake in one. (RFC 6750 §3.1)
    if (authorization === undefined || !/^(?:Bearer|DPoP)(?: |$)/i.test(authorization)) {
      return refuse(undefined, 'send a credential, as: Bearer CREDENTIAL');
    }
    const [, scheme = '', text] = /^(Bearer|DPoP) +([\w.~+/=-]+) *$/i.exec(authorization) ?? [];
    if (text === undefined) {
      return refuse('invalid_request', 'the Authorization header is not of the form: Bearer CREDENTIAL');
    }
    return check(scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', text, request);
  };

  return {
    resourceMetadata,
    origin: originOf(audience),
    async verify(authorization, request, { scope } = {}) {
      const found = await checkHeader(authorization, request);
      if (found.kind === 'unavailable') return found;
      const lacksScope = found.kind !== 'refused' && scope !== undefined && !hasScope(found, scope);
      const result = lacksScope ? insufficient() : found;
      if (result.kind !== 'refused') return result;
      return withParameters(result, {
        resource_metadata: resourceMetadata?.url,
        scope: scope ?? (options.scopes?.join(' ') || undefined),
      });
    },
    verifyToken: (token) => check('Bearer', token),
  };
}

/** The origin of an http or https URL; null for anything else. */
function originOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, origin } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? origin : null;
}
