import { createInterface } from 'node:readline/promises';
import type { Account } from '@ravi/accounts';
import { plain } from './result.ts';

/** Where an operator is asked; the answer on standard output stays free of it. */
interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * Asks on the terminal whether an account is to be deleted; only its id counts as yes, Ctrl+C as no. `noTerminal` where nobody can be
 * asked.
 */
export async function confirmDeletion(
  { id, email }: Pick<Account, 'id' | 'email'>,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<'yes' | 'no' | 'noTerminal'> {
  if (!input.isTTY || !output.isTTY) return 'noTerminal';
  const terminal = createInterface({ input, output });
  try {
    const answer = await terminal.question(
      `Delete account ${id} (${plain(email)}) with all that belongs to it? It cannot be undone. Type its id: `,
    );
    return answer.trim() === String(id) ? 'yes' : 'no';
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return 'no';
    throw error;
  } finally {
    terminal.close();
  }
}
