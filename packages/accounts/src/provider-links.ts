import { requireKnownFormat, writtenFormat } from '@ravi/runtime';
import type { ExternalSubject } from './account.ts';
import { subjectHash } from './keyspace.ts';

/** Somebody at a provider who signs in to an account, as the account notes it. */
export interface ProviderLink {
  /** SHA-256 of issuer and subject. */
  readonly id: string;
  /** The provider's id in the configuration. */
  readonly provider: string;
  /** The verified address that the provider gave, for its person to recognize; empty where it gave none. */
  readonly email: string;
  readonly linkedAtMs: number;
}

/** Somebody whom a provider has just signed in. */
export interface NewLink extends ExternalSubject {
  readonly provider: string;
  readonly email: string;
  readonly atMs: number;
}

/** The most people at providers who sign in to one account. */
export const maxProviderLinks = 10;

/** How an account notes a link. */
export function linkOf({ issuer, subject, provider, email, atMs }: NewLink): ProviderLink {
  return { id: subjectHash(issuer, subject), provider, email, linkedAtMs: atMs };
}

/** The field of an account with its links; empty for none. */
export function linksToText(links: readonly ProviderLink[]): string {
  return links.length === 0 ? '' : JSON.stringify({ v: writtenFormat, links });
}

/** Reads that field. Throws `NewerFormat`. */
export function linksFromText(text: string | null): readonly ProviderLink[] {
  if (text === null || text === '') return [];
  const { v, links } = JSON.parse(text) as {
    readonly v: number;
    readonly links: readonly ProviderLink[];
  };
  requireKnownFormat('The provider links of an account', v);
  return links;
}
