// What lives here: encrypting a result so that only the holder of a device_code or another secret can open it.
// What does not: storing sealed results (`device-login`, `credentials`), the service keys (`runtime`).
export * from './result-key.ts';
export * from './sealed-result.ts';
