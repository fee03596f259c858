export { createVerifier } from './verifier.ts';
export type { IntrospectionOptions, VerifierOptions, Verifier } from './verifier.ts';
export type { Credential, Refusal, RequestFacts, Unavailable, Verification } from './verification.ts';
