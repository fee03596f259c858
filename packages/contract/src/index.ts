// What lives here: what crosses a process boundary: the JSON of our APIs, their error words, the jobs of the queue.
// What does not: the calls themselves (the api), jobs at work (the issuer).
export * from './device-token-error.ts';
export * from './issuance-job.ts';
export * from './wire.ts';
