import { type Account, linkMs } from '@ravi/accounts';
import type { Operator } from './operator.ts';
import { type CommandResult, done, nothingFound, plain, refused } from './result.ts';

/** Makes a one-time link that sets a new password. It replaces the one that was made before. */
export async function makeResetLink(operator: Operator, account: Account): Promise<CommandResult> {
  const { accounts, resetLinks, publicUrl, note, by } = operator;
  const { id, email, blocked } = account;
  if (blocked) return refused(`${id} is blocked: unblock it first.`);
  const made = await resetLinks.make(account, 'operator');
  switch (made.kind) {
    case 'unknown':
      return nothingFound('The account is gone.');
    case 'noPassword':
      return refused(`${id} signs in through a provider: it has no password here.`);
    case 'made': {
      await note({ event: 'reset_link_made', user: id, by });
      await accounts.replicated(id, { email });
      const url = `${publicUrl}/reset?link=${made.token}`;
      const text =
        `${url}\nFor ${plain(email)} alone: whoever opens it sets the password. ` +
        `It works once, for ${linkMs / 60_000} minutes; a link that was made before works no longer.`;
      return done(text, { id, url, expiresAt: new Date(made.expiresAtMs).toISOString() });
    }
  }
}
