import { isIP } from 'node:net';
import { z } from 'zod';
import { Secret } from './secret.ts';

/**
 * Parsers of a variable's text. Their messages follow the variable's name ("must be …") and never show the text; their
 * description says which values they accept.
 */

/** A whole number between `min` and `max`, both included. */
export function integerVariable(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message))
    .describe(`${min} to ${max}`);
}

/** Accepts these words alone; the error lists them. */
export function choiceVariable<const Words extends readonly [string, string, ...string[]]>(words: Words) {
  const quoted = words.map((word) => `"${word}"`);
  const error = `must be ${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
  return z.enum(words, { error }).describe(words.join(', '));
}

export const switchVariable = choiceVariable(['on', 'off'])
  .transform((value) => value === 'on')
  .describe('on, off');

/** An IP address of this machine. */
export const ipAddressVariable = z
  .string()
  .refine((text) => isIP(text) !== 0, 'must be an IP address such as 127.0.0.1 or ::1');

export const textVariable = z.string();

/** Any text, kept as a secret. */
export const secretTextVariable = textVariable.transform((text) => new Secret(text));

/** A comma-separated list of at least one entry; blanks around the commas are dropped. */
export const listVariable = z
  .string()
  .transform((value) =>
    value
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  )
  .refine((entries) => entries.length > 0, 'must have at least one entry, or be empty');

/** An absolute http(s) URL without user, path, query or fragment, returned without a trailing slash. */
export const originVariable = z.string().transform((value, context) => {
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    context.addIssue({ code: 'custom', message: 'must be an origin such as https://login.example.com' });
    return z.NEVER;
  }
  return url.origin;
});

/** At least 32 bytes that do not look like a placeholder. */
export const secretVariable = z
  .string()
  .refine((value) => Buffer.byteLength(value) >= 32, {
    error: 'must be at least 32 bytes; make one with: openssl rand -base64 48',
    abort: true,
  })
  .refine(
    (value) => new Set(value).size >= 10 && !/change.?me|example|placeholder/i.test(value),
    'looks like a placeholder; make a real one with: openssl rand -base64 48',
  )
  .transform((value) => new Secret(value));

/** The URL of the outgoing mail server. */
export const smtpUrlVariable = z
  .string()
  .refine(
    (text) => /^smtps?:\/\/[^/?#]/.test(text) && URL.canParse(text),
    'must be a URL such as smtps://user:password@mail.example.com',
  )
  .transform((text) => new Secret(text));
