import { createHash, timingSafeEqual } from 'node:crypto';
import { audienceOf } from '@ravi/credentials';
import { z } from 'zod';
import { Problem } from '../http/problem.ts';

/** A service of the operator's that may ask what a credential is good for; of its secret, only the hash is kept. */
export interface ResourceServer {
  readonly id: string;
  readonly secretHash: Buffer;
  /** Its URI, which programs name to get a token for it; empty for a part of our own API. (RFC 8707) */
  readonly resource: string;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** An absolute URI without fragment. (RFC 8707 §2) */
const resourceUri = z
  .string()
  .regex(/^[\x21-\x7e]{1,512}$/, 'must have 1 to 512 visible ASCII characters')
  .refine(
    (uri) => URL.canParse(uri) && !uri.includes('#'),
    'must be an absolute URI without fragment, such as "https://notes.example.com"',
  );

/** The resource servers that an operator registers; `secret` says how good a plain secret must be. */
export function registeredResourceServers(secret: z.ZodType<string>) {
  const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex');
  const server = z
    .strictObject({
      id: z.string().min(1).max(128),
      secret: secret.optional(),
      secret_sha256: hash.optional(),
      resource: resourceUri.optional(),
    })
    .refine(
      (entry) => (entry.secret === undefined) !== (entry.secret_sha256 === undefined),
      'must have either secret or secret_sha256',
    )
    .transform((entry): ResourceServer => ({
      id: entry.id,
      secretHash:
        entry.secret === undefined ? Buffer.from(entry.secret_sha256 ?? '', 'hex') : sha256(entry.secret),
      resource: entry.resource ?? '',
    }));
  return z
    .array(server)
    .refine((servers) => new Set(servers.map(({ id }) => id)).size === servers.length, 'has an id twice');
}

/** The services that an operator registered: recognised by id and secret, found by their URI. */
export class ResourceServers {
  readonly #byId: ReadonlyMap<string, ResourceServer>;
  readonly #byUri: ReadonlyMap<string, ResourceServer>;

  constructor(servers: readonly ResourceServer[]) {
    this.#byId = new Map(servers.map((server) => [server.id, server]));
    const withUri = servers.filter(({ resource }) => resource !== '');
    this.#byUri = new Map(withUri.map((server) => [normalized(server.resource), server]));
  }

  /** The audience of the server with this id and secret; null for none. Takes as long for a wrong secret as for the right one. */
  recognise({ id, secret }: { readonly id: string; readonly secret: string }): string | null {
    const server = this.#byId.get(id);
    const isRight = timingSafeEqual(sha256(secret), server?.secretHash ?? sha256(''));
    return isRight && server !== undefined ? audienceOf(server.resource) : null;
  }

  /**
   * The service that a request names by `resource`, as it is registered; empty where it names none. Throws `invalid_target` for
   * several, since a token has one audience, and for one that nobody registered; the same one twice counts as one. (RFC 8707 §2)
   */
  requested(resource: string | undefined): string {
    if (resource === undefined || resource === '') return '';
    const [named = '', ...others] = new Set(resource.split(' ').map(normalized));
    if (others.length > 0) {
      throw new Problem('invalid_target', 'A token is for one service: send one resource.', {
        field: 'resource',
      });
    }
    const server = this.#byUri.get(named);
    if (server === undefined) {
      throw new Problem('invalid_target', 'This resource is not known here.', { field: 'resource' });
    }
    return server.resource;
  }

  /** What people are shown of a service: its name and its URI; empty for our own API. */
  describe(resource: string): string {
    const server = this.#byUri.get(normalized(resource));
    return server === undefined || server.id === resource ? resource : `${server.id} (${resource})`;
  }
}

/** The longest URI that is registered. A longer one is not taken apart: one of 16 KiB can take a long time. */
const longestUri = 512;

/** The same text for the same URI, however its scheme, host and empty path are written. A fragment makes it another. (RFC 3986 §6.2) */
const normalized = (uri: string) => (uri.length <= longestUri && URL.canParse(uri) ? new URL(uri).href : uri);
