// Lives here: one device login in Redis: its codes, its states, and a script for each transition (RFC 8628).
// Lives elsewhere: its calls and held requests (the api), minting (the issuer), the credentials that it gives (`credentials`).
export * from './codes/device-code.ts';
export * from './codes/login-id.ts';
export * from './codes/user-code.ts';
export * from './codes/matching-numbers.ts';
export { settleGraceMs } from './durations.ts';
export * from './login-store.ts';
export * from './login-traces.ts';
export * from './outcomes.ts';
export * from './past-decisions.ts';
