import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ConfigError } from './env.ts';

/**
 * The entries of a variable that names a JSON file or, starting with a bracket or a brace, is JSON itself. Throws a `ConfigError`
 * whose sentences name the variable, the entry and the member, never a value. `form` describes the accepted values.
 */
export function readEntries<Schema extends z.ZodType>(
  variable: string,
  value: string,
  schema: Schema,
  form = 'JSON, or the name of a JSON file',
): z.infer<Schema> {
  const entries = parseJson(variable, value, form);
  const parsed = schema.safeParse(entries, { error: sentence });
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => `${variable}: ${place(issue.path)}${issue.message}`),
  );
}

function parseJson(variable: string, value: string, form: string): unknown {
  const isJson = /^\s*[[{]/.test(value);
  try {
    return JSON.parse(isJson ? value : readFileSync(value, 'utf8'));
  } catch {
    // The text may be a secret in the wrong place: it is not shown.
    const what = isJson
      ? 'its JSON is not valid'
      : value.endsWith('.json')
        ? `${value} is not readable as one`
        : 'it is none of these';
    throw new ConfigError([`${variable}: must be ${form}; ${what}`]);
  }
}

/** The position of an issue; entries of a list count from one. */
function place(path: readonly PropertyKey[]): string {
  const [first, ...members] = path;
  if (typeof first === 'number') return `entry ${first + 1}: ${place(members)}`;
  return first === undefined ? '' : `${path.join('.')} `;
}

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'an object',
  record: 'an object',
  string: 'a text',
};

/** The sentence for an issue without its own message. */
function sentence(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'is not usable';
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
