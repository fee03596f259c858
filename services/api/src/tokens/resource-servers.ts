import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** A service of the operator's that may ask what a credential is good for; of its secret, only the hash is kept. */
export interface ResourceServer {
  readonly id: string;
  readonly secretHash: Buffer;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** The resource servers that an operator registers; `secret` says how good a plain secret must be. */
export function registeredResourceServers(secret: z.ZodType<string>) {
  const id = z.string().min(1).max(128);
  const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex');
  return z.array(
    z
      .strictObject({ id, secret: secret.optional(), secret_sha256: hash.optional() })
      .refine(
        (entry) => (entry.secret === undefined) !== (entry.secret_sha256 === undefined),
        'must have either secret or secret_sha256',
      )
      .transform((entry): ResourceServer => ({
        id: entry.id,
        secretHash:
          entry.secret === undefined ? Buffer.from(entry.secret_sha256 ?? '', 'hex') : sha256(entry.secret),
      })),
  );
}

/** Recognises resource servers by id and secret. */
export class ResourceServers {
  readonly #byId: ReadonlyMap<string, Buffer>;

  constructor(servers: readonly ResourceServer[]) {
    this.#byId = new Map(servers.map(({ id, secretHash }) => [id, secretHash]));
  }

  /** Whether this is the secret of this server. Takes as long for a wrong one as for the right one. */
  recognise({ id, secret }: { readonly id: string; readonly secret: string }): boolean {
    const expected = this.#byId.get(id);
    return timingSafeEqual(sha256(secret), expected ?? sha256('')) && expected !== undefined;
  }
}
