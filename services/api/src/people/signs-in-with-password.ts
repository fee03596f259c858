import type { Account } from '@ravi/accounts';
import type { PasswordAccounts } from './password-accounts.ts';

export interface PasswordSignInDeps {
  readonly passwordAccounts: Pick<PasswordAccounts, 'hasPassword'>;
  /** Whether people sign in with passwords here. */
  readonly embeddedAccounts: boolean;
}

/**
 * Whether this account signs in with a password. None does where these accounts are off: a password of before opens nothing there, and a
 * forgotten one could not be set anew.
 */
export async function signsInWithPassword(
  { passwordAccounts, embeddedAccounts }: PasswordSignInDeps,
  account: Account,
): Promise<boolean> {
  return embeddedAccounts && (await passwordAccounts.hasPassword(account));
}
