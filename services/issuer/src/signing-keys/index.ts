// Where issuers have their private keys, and how these are read: for the key tool too, so that both know the same keys.
// Which of them signs is in signing-keys.ts; what is published of them, in @ravi/credentials.
export * from './key-settings.ts';
export * from './key-sources.ts';
export * from './named-sources.ts';
