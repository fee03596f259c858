import { createInterface } from 'node:readline/promises';
import type { Account } from '@ravi/accounts';
import { plain } from './result.ts';

/**
 * Asks on the terminal whether an account is to be deleted; only its id counts as yes. `noTerminal` where nobody can be asked.
 */
export async function confirmDeletion({ id, email }: Account): Promise<'yes' | 'no' | 'noTerminal'> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return 'noTerminal';
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(
      `Delete account ${id} (${plain(email)}) with all that belongs to it? It cannot be undone. Type its id: `,
    );
    return answer.trim() === String(id) ? 'yes' : 'no';
  } finally {
    terminal.close();
  }
}
