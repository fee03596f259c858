/** Field names of identities in an account's hash begin with this. */
export const identityField = 'identity:';

/** The key of an account: a hash with its identities. */
export function accountKey(userId: number, prefix: string): string {
  return `${prefix}ravi:account:${userId}`;
}

/** The key that says which account has an identity's address. */
export function identityEmailKey(email: string, prefix: string): string {
  return `${prefix}ravi:identity-email:${email}`;
}
