export * from './clock.ts';
export * from './development-files.ts';
export * from './env.ts';
export * from './fresh-random-bytes.ts';
export * from './ready-file.ts';
export * from './secret.ts';
export * from './service-keys.ts';
export * from './shutdown.ts';
