import { firstPartyClientId, grantScopes } from '@ravi/credentials';
import { z } from 'zod';

/** A program that logs in through the OAuth API. All are public clients: they keep no secret. (RFC 6749 §2.1) */
export interface OAuthClient {
  readonly id: string;
  /** As the operator registered it; null for a program that nobody registered. */
  readonly name: string | null;
  /** What it may ask for, and gets at most. */
  readonly scopes: readonly string[];
  /** Whether it must prove a key, to which its tokens are bound. (RFC 9449) */
  readonly dpop: 'required' | 'optional';
}

const clientId = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'must have 1 to 128 visible ASCII characters')
  .refine((id) => id !== firstPartyClientId, `must not be "${firstPartyClientId}"`);
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/, 'must be a scope such as "account"');

const client = z
  .strictObject({
    client_id: clientId,
    client_name: z.string().trim().min(1).max(64),
    scopes: z
      .array(scope)
      .refine((words) => grantScopes.some((word) => words.includes(word)), 'must name account or identity')
      .transform((words) => [...new Set(words)])
      .default([...grantScopes]),
    dpop: z.enum(['required', 'optional']).default('optional'),
  })
  .transform((entry): OAuthClient => ({
    id: entry.client_id,
    name: entry.client_name,
    scopes: entry.scopes,
    dpop: entry.dpop,
  }));

/** The clients that an operator registers. */
export const registeredClients = z
  .array(client)
  .refine((clients) => new Set(clients.map(({ id }) => id)).size === clients.length, 'has a client_id twice');

/** The clients that are welcome: those that are registered, or every one. */
export class OAuthClients {
  readonly #registered: ReadonlyMap<string, OAuthClient>;
  readonly #anyIsWelcome: boolean;

  constructor(configured: readonly OAuthClient[] | 'any') {
    this.#anyIsWelcome = configured === 'any';
    this.#registered = new Map(configured === 'any' ? [] : configured.map((client) => [client.id, client]));
  }

  /** The client of this id; null when it is not welcome. */
  find(id: string): OAuthClient | null {
    const registered = this.#registered.get(id);
    if (registered || !this.#anyIsWelcome || !clientId.safeParse(id).success) return registered ?? null;
    return { id, name: null, scopes: grantScopes, dpop: 'optional' };
  }

  /** The name that the operator gave to a client; null for one that nobody registered. */
  registeredName(id: string): string | null {
    return this.#registered.get(id)?.name ?? null;
  }

  /** Every scope that some client may ask for. */
  get scopes(): readonly string[] {
    const registered = [...this.#registered.values()].flatMap(({ scopes }) => scopes);
    return [...new Set([...grantScopes, ...registered])];
  }
}
