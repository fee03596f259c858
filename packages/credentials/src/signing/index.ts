export * from './key-ring.ts';
export * from './sign-tokens.ts';
