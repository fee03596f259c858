import { dpopAlgorithms } from './dpop-proof.ts';

/** What programs can read about a service: where they get tokens for it. (RFC 9728) */
export interface ResourceMetadata {
  /** Where it must be served, as challenges name it. */
  readonly url: string;
  /** The path of that. */
  readonly path: string;
  /** What is served there, as `application/json`. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** The metadata of the service with this audience; null where that is no http or https URL: then nobody could look for it. (RFC 9728 §3) */
export function resourceMetadataOf(
  audience: string,
  issuer: string,
  scopes: readonly string[] = [],
): ResourceMetadata | null {
  if (!URL.canParse(audience)) return null;
  const { protocol, origin, pathname, search } = new URL(audience);
  if (protocol !== 'https:' && protocol !== 'http:') return null;
  const path = `/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`;
  return {
    url: origin + path + search,
    path,
    document: {
      resource: audience,
      authorization_servers: [issuer],
      ...(scopes.length > 0 ? { scopes_supported: scopes } : {}),
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: dpopAlgorithms,
    },
  };
}
