// Lives here: accounts, their identities and domains, passwords and browser sessions, in Redis.
// Lives elsewhere: what an account has granted (`credentials`), OpenID providers and the calls about accounts (the api).
export * from './account-erasure.ts';
export * from './account-links.ts';
export * from './account-store.ts';
export * from './account.ts';
export * from './account-directory.ts';
export * from './account-traces.ts';
export * from './authentication.ts';
export * from './domain-store.ts';
export * from './email-moves.ts';
export * from './factor-store.ts';
export * from './factors.ts';
export * from './identity-addresses.ts';
export * from './identity-name.ts';
export * from './identity-store.ts';
export * from './linked-accounts.ts';
export * from './open-deletions.ts';
export * from './passwords.ts';
export * from './provider-links.ts';
export * from './recovery-codes.ts';
export * from './reset-links.ts';
export * from './sent-again.ts';
export type { SessionOrigin } from './session-record.ts';
export * from './session-store.ts';
export type { SignInChanges } from './sign-in-changes.ts';
export * from './sign-in-undos.ts';
export * from './told-once.ts';
