// Lives here: the data between processes: the JSON of our APIs, their error codes, the jobs of the queue.
// Lives elsewhere: the calls themselves (the api), working on jobs (the issuer).
export * from './delivery-retries.ts';
export * from './device-token-error.ts';
export * from './issuance-job.ts';
export * from './wire.ts';
export * from './mail-job.ts';
