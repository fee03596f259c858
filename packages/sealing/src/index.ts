// Lives here: encrypting a result so that only the holder of a device_code or another secret can open it, and a secret that we keep.
// Lives elsewhere: storing what was sealed (`device-login`, `credentials`, `accounts`), the service keys (`runtime`).
export * from './kept-secret.ts';
export * from './result-key.ts';
export * from './sealed-result.ts';
