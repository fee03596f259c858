export * from './api-key.ts';
export * from './api-key-store.ts';
export * from './published-keys.ts';
export * from './token-claims.ts';
