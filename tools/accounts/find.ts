import type { Account } from '@ravi/accounts';
import type { Operator } from './operator.ts';
import { type CommandResult, done, nothingFound, plain } from './result.ts';

/** Finds accounts: the one that the text names, else every one that has it in a name or an address, `limit` at most. */
export async function findAccounts(
  { directory, note, by }: Operator,
  text: string,
  limit: number,
): Promise<CommandResult> {
  await note({ event: 'accounts_searched', by });
  const exact = (await directory.named(text)) ?? (await directory.ofIdentity(text));
  if (exact !== null) return told([exact], false);
  const found: Account[] = [];
  for await (const account of directory.search(text)) {
    if (found.length === limit) return told(found, true);
    found.push(account);
  }
  return found.length === 0
    ? nothingFound('No account has this in its name or addresses.')
    : told(found, false);
}

function told(accounts: readonly Account[], more: boolean): CommandResult {
  const lines = accounts.map(({ id, email, firstName, lastName, blocked }) =>
    [String(id).padEnd(16), plain(email), plain(`${firstName} ${lastName}`.trim()), blocked ? 'blocked' : '']
      .filter((cell) => cell !== '')
      .join('  '),
  );
  const rest = more ? ['There are more: narrow the text, or take a higher --limit.'] : [];
  const documents = accounts.map(({ id, email, firstName, lastName, blocked }) => ({
    id,
    email,
    firstName,
    lastName,
    blocked,
  }));
  return done([...lines, ...rest].join('\n'), ...documents, ...(more ? [{ more: true }] : []));
}
