import type { AccountView, GrantStore, Page, PageRequest, StoredGrant } from '@ravi/credentials';
import type { Limits } from '../limits/limits.ts';
import { displaySafe } from '../pages/display-safe.ts';
import type { OAuthClients } from '../tokens/clients.ts';

/** Programs that are read at once. */
const readAtOnce = 500;

/** Programs that are read and counted as one look; a multiple of the above. */
const readPerLook = 10_000;

export interface ProgramSearchDeps {
  readonly grants: Pick<GrantStore, 'page'>;
  readonly limits: Pick<Limits, 'admitActivityLook'>;
  readonly oauthClients: Pick<OAuthClients, 'registeredName'>;
}

/** The words of a search, as names are shown; empty for none. */
export function searchWords(typed: unknown): string {
  return typeof typed === 'string' ? displaySafe(typed, 80) : '';
}

/**
 * A page of those programs of an account whose name, as it is shown, has these words. Reads all programs, and holds those of the page. Throws
 * 429 after too many looks.
 */
export async function searchPrograms(
  { grants, limits, oauthClients }: ProgramSearchDeps,
  view: AccountView,
  words: string,
  { offset, count }: PageRequest,
  nowMs: number,
): Promise<Page<StoredGrant>> {
  const sought = folded(words);
  const isFound = ({ clientId, clientName }: StoredGrant) =>
    folded(displaySafe(oauthClients.registeredName(clientId) ?? clientName)).includes(sought);
  const entries: StoredGrant[] = [];
  let found = 0;
  for (let from = 0, total = 1; from < total; from += readAtOnce) {
    if (from % readPerLook === 0) await limits.admitActivityLook(view.id);
    const read = await grants.page(view, { offset: from, count: readAtOnce }, nowMs);
    total = read.total;
    for (const grant of read.entries.filter(isFound)) {
      if (found >= offset && entries.length < count) entries.push(grant);
      found += 1;
    }
  }
  return { entries, total: found };
}

const folded = (name: string) => name.normalize('NFKC').toLowerCase();
