// Lives here: settings, secrets and the keys derived from them, the clock, the ordered shutdown.
// Lives elsewhere: Redis (`redis`), logs and metrics (`telemetry`), the settings of one service (its `settings.ts`).
export * from './agreed-settings.ts';
export * from './bounded-map.ts';
export * from './clock.ts';
export * from './development-files.ts';
export * from './env.ts';
export * from './format-version.ts';
export * from './fresh-random-bytes.ts';
export * from './credential-lifetime-settings.ts';
export * from './misspelt-settings.ts';
export * from './nearest-name.ts';
export * from './open-files.ts';
export * from './phrase.ts';
export * from './read-entries.ts';
export * from './ready-file.ts';
export * from './secret.ts';
export * from './service-keys.ts';
export * from './service.ts';
export * from './settings.ts';
export * from './shared-settings.ts';
export * from './shutdown.ts';
export * from './texts-file.ts';
export * from './uuid-of-hash.ts';
export * from './variable-parsers.ts';
