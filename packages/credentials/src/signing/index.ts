// Lives here: reading signing keys and signing tokens, for the issuer alone.
// Lives elsewhere: verifying (`..`), so that the api cannot load what signs.
export * from './key-ring.ts';
export * from './sign-tokens.ts';
