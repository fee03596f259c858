// Lives here: grants, API keys, tokens and their verification, mint requests, DPoP proofs that were used. Signing is apart: `./signing`.
// Lives elsewhere: logins before they are redeemed (`device-login`), sealing (`sealing`), the form of proofs and keys (`verify`).
export * from './account-indexes.ts';
export * from './api-keys/api-key.ts';
export * from './api-keys/api-key-record.ts';
export * from './api-keys/api-key-store.ts';
export * from './api-keys/find-keys.ts';
export * from './credential-traces.ts';
export * from './dpop/dpop-nonces.ts';
export * from './dpop/proofs-in-redis.ts';
export * from './grants/grant.ts';
export * from './grants/grant-store.ts';
export * from './grants/unused-grants.ts';
export * from './issued-login.ts';
export { grantKey, mintKey, unusedLookKey } from './keyspace.ts';
export * from './lifetimes.ts';
export * from './minting/mint-request.ts';
export * from './minting/mint-store.ts';
export * from './records.ts';
export * from './tokens/published-keys.ts';
export * from './tokens/token-claims.ts';
export * from './tokens/token-verifier.ts';
