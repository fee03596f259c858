import { readFileSync } from 'node:fs';
import { ConfigError } from '@ravi/runtime';
import type { z } from 'zod';

/**
 * The entries of a variable that names a JSON file or, starting with a bracket, is JSON itself. Throws a `ConfigError` whose
 * sentences name the variable, the entry and the member, never a value.
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
    const problem = value.startsWith('[') ? 'is no JSON' : `${value} is no readable JSON file`;
    throw new ConfigError([`${variable}: ${problem}`]);
  }
  const parsed = schema.safeParse(entries, { error: sentence });
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => `${variable}: ${place(issue.path)}${issue.message}`),
  );
}

/** Where an issue is, for somebody who counts entries from one. */
function place([index, ...members]: readonly PropertyKey[]): string {
  if (typeof index !== 'number') return '';
  return `entry ${index + 1}: ${members.length > 0 ? `${members.join('.')} ` : ''}`;
}

const kinds: Readonly<Record<string, string>> = { array: 'a list', object: 'an object', string: 'a text' };

/** What is wrong, where a schema has no sentence of its own. */
function sentence(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${kinds[issue.expected] ?? issue.expected}`;
    case 'unrecognized_keys':
      return `has members that are not known here: ${issue.keys.join(', ')}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_small':
      return 'must not be empty';
    case 'too_big':
      return `must have at most ${issue.maximum} characters`;
    default:
      return 'is not usable';
  }
}
