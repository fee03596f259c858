// Lives here: checks of access tokens, API keys and DPoP proofs, for other people's services; it imports none of our packages.
// Lives elsewhere: issuing and ending credentials (`credentials`), the middleware for Koa (`./koa`).
export { createVerifier } from './verifier.ts';
export type { ResourceMetadata } from './resource-metadata.ts';
export type { IntrospectionOptions, VerifierOptions, Verifier } from './verifier.ts';
export type { Credential, Needs, Refusal, RequestFacts, Unavailable, Verification } from './verification.ts';
