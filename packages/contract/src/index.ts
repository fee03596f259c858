export * from './device-token-error.ts';
export * from './issuance-job.ts';
export * from './wire.ts';
