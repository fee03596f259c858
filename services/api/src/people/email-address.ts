import { visibleEmail } from '@ravi/accounts';
import { z } from 'zod';

/** The longest address. (RFC 5321 §4.5.3.1.3) */
const maxLength = 254;

/**
 * An e-mail address that a person gives for their account, without invisible characters. With `<`, `>` or `:` it could be read as
 * another one, in a mail's head or a link.
 */
export const email = z
  .string({ error: (issue) => (issue.input === undefined ? 'is required' : 'must be a string') })
  .max(1024, 'is too long')
  .transform(visibleEmail)
  .pipe(
    z
      .string()
      // Abort, so that no pattern runs over a long text.
      .max(maxLength, { error: 'is too long', abort: true })
      .regex(/^[^\s@\p{Cc}<>:]+@[^\s@\p{Cc}<>:]+\.[^\s@\p{Cc}<>:]+$/u, 'must be an e-mail address'),
  );
