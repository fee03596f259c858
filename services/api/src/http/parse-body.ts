import { z } from 'zod';
import { Problem } from './problem.ts';

/** The words that forms use for true and for false. */
const truthy = /^(?:t|true|1|on|yes|y)$/i;
const falsy = /^(?:f|false|0|off|no|n|)$/i;

/** A boolean in JSON, or one of the words that forms use for it. */
export const formBoolean = z
  .union(
    [
      z.boolean(),
      z.string().regex(new RegExp(`${truthy.source}|${falsy.source}`, 'i'), 'must be true or false'),
      z.literal([0, 1]),
    ],
    {
      error: 'must be true or false',
    },
  )
  .transform((value) => (typeof value === 'string' ? truthy.test(value) : Boolean(value)));

const requiredString = ({ input }: { readonly input?: unknown }) =>
  input === undefined ? 'is required' : 'must be a string';

/** A string of `min` to `max` characters. */
export function text(min: number, max: number) {
  return z
    .string({ error: requiredString })
    .refine(
      (value) => value.length >= min,
      min === 1 ? 'must not be empty' : `must have at least ${min} characters`,
    )
    .refine((value) => value.length <= max, `must have at most ${max} characters`);
}

/** Nothing of it is seen. */
const unseen = /^[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** A name that people read: one line of at most 64 characters, without blanks around it; empty if nothing of it is seen. */
export const shownName = z
  .string({ error: requiredString })
  .trim()
  .max(64, 'must have at most 64 characters')
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must not contain control characters')
  // Half a character, which JSON can hold, becomes the sign that stands for one, as in forms.
  .transform((name) => (unseen.test(name) ? '' : name.toWellFormed()));

/** Parses a body by a schema; a member that is `null` counts as absent. Throws 400 with a sentence that names the field, never its value. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(withoutNulls(body));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.');
  if (!field) throw new Problem('invalid_request', 'The body must be an object with named fields.');
  throw new Problem('invalid_request', `${field}: ${issue?.message ?? 'is not valid'}.`, { field });
}

/** Many libraries write members without a value as `null`. */
function withoutNulls(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body ?? {};
  if (!Object.values(body).includes(null)) return body;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}
