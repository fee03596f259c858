// Lives here: the sources of the issuers' private keys, and reading them; the key tool uses the same, so that both know the same keys.
// Lives elsewhere: which key signs (signing-keys.ts), the published keys (@ravi/credentials).
export * from './key-settings.ts';
export * from './key-sources.ts';
export * from './named-sources.ts';
