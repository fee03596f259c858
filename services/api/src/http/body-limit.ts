import { Problem } from './problem.ts';

/** The maximum size of a body, in bytes. */
export const bodyLimitBytes = 16 * 1024;

export const bodyTooLarge = () => new Problem('too_large', 'The body is larger than 16 KiB.');
