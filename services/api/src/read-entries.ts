import { readFileSync } from 'node:fs';
import type { z } from 'zod';

/**
 * The entries of a variable that names a JSON file or, starting with a bracket, is JSON itself. Throws an error whose message
 * names the variable and the entry, never a value.
 */
export function readEntries<Schema extends z.ZodType>(
  variable: string,
  value: string,
  schema: Schema,
): z.infer<Schema> {
  let entries: unknown;
  try {
    entries = JSON.parse(value.startsWith('[') ? value : readFileSync(value, 'utf8'));
  } catch {
    throw new Error(
      `${variable}: ${value.startsWith('[') ? 'is no JSON' : `${value} is no readable JSON file`}`,
    );
  }
  const parsed = schema.safeParse(entries);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${variable}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not usable'}`);
}
