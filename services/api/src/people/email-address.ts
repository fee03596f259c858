import { z } from 'zod';

/** An e-mail address that a person gives for their account. */
export const email = z
  .string({ error: (issue) => (issue.input === undefined ? 'is required' : 'must be a string') })
  .trim()
  // Abort: the pattern is never run over a long text.
  .max(254, { error: 'is too long', abort: true })
  .regex(/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+\.[^\s@\p{Cc}]+$/u, 'must be an e-mail address');
