export * from './account-store.ts';
export * from './account.ts';
export * from './domain-store.ts';
export * from './identity-name.ts';
export * from './identity-store.ts';
export * from './passwords.ts';
export * from './session-store.ts';
