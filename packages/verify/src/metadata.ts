import { fetchJson, type Reach } from './fetch-json.ts';

/** The authorization server's addresses, from its metadata. */
export interface Metadata {
  readonly jwksUri: string;
  readonly introspectionEndpoint: string | null;
}

/**
 * Reads the authorization server's metadata once; a failure is not cached. The returned function rejects if the metadata
 * cannot be read, belongs to another issuer, or names addresses without https for an https issuer. (RFC 8414 §3)
 */
export function metadataOf(issuer: string, reach: Reach): () => Promise<Metadata> {
  const { origin, pathname, protocol } = new URL(issuer);
  const path = pathname === '/' ? '' : pathname;
  const url = `${origin}/.well-known/oauth-authorization-server${path}`;
  let known: Promise<Metadata> | undefined;

  const read = async (): Promise<Metadata> => {
    const found = await fetchJson(reach, url);
    const { issuer: other } = found;
    if (other !== issuer) {
      const name = typeof other === 'string' ? `"${other.slice(0, 200)}"` : 'nobody';
      throw new Error(`${url} belongs to the issuer ${name}, not "${issuer}"`);
    }
    const address = (name: string): string | null => {
      const value = found[name];
      if (typeof value !== 'string' || !URL.canParse(value)) return null;
      return protocol === 'http:' || value.startsWith('https:') ? value : null;
    };
    const jwksUri = address('jwks_uri');
    if (jwksUri === null) throw new Error(`${url} names no usable jwks_uri`);
    return { jwksUri, introspectionEndpoint: address('introspection_endpoint') };
  };

  return () => {
    known ??= read().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}
