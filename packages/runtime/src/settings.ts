import type { z } from 'zod';
import { ConfigError, type Env, presentVariables } from './env.ts';
import { misspeltSettings } from './misspelt-settings.ts';

/** The description of a setting for operators: the docs, `.env.example` and the compose file are written from it. */
export interface SettingText {
  /** Its effect, in a sentence or two. */
  readonly help: string;
  /** Lines after the help in `.env.example`, such as an example. */
  readonly details?: readonly string[];
  /** The value if the variable is absent. */
  readonly default?: string;
  /** A description of the default if it is not a value: "none", "all". */
  readonly otherwise?: string;
  /** The unit of its number: "seconds". */
  readonly unit?: string;
  /** It must be set in production; the rest of the sentence says how. */
  readonly requiredInProduction?: string;
  /** Settings any of which can replace it. */
  readonly orElse?: readonly string[];
  /** Its value is a secret. */
  readonly secret?: boolean;
}

/** One setting of a service: an environment variable, its parser and its description. */
export interface Setting extends SettingText {
  /** Parses the text. Its messages follow the variable's name; its description says which values it accepts. */
  readonly parser: z.ZodType<unknown, string>;
}

/** The settings of a service by their names. */
export type SettingList = Readonly<Record<string, Setting>>;

/** The values of a list of settings: those without a default may be absent. */
export type SettingValues<List extends SettingList> = {
  readonly [Name in keyof List]:
    | z.output<List[Name]['parser']>
    | (List[Name] extends { readonly default: string } ? never : undefined);
};

/** The values and problems of an environment: a variable with a problem has its default among the values. */
export interface ReadSettings<List extends SettingList> {
  readonly values: SettingValues<List>;
  readonly problems: string[];
}

/** Additional known names. */
interface FurtherNames {
  readonly names: readonly string[];
  readonly ownPrefixes: readonly string[];
}

/**
 * Reads a list of settings: values, settings that production lacks, and misspelt names. An empty variable counts as absent. For
 * callers that have more to check before they throw a `ConfigError` with every problem at once.
 */
export function readSettings<List extends SettingList>(
  env: Env,
  list: List,
  further: FurtherNames = { names: [], ownPrefixes: [] },
): ReadSettings<List> {
  const present = presentVariables(env);
  const problems: string[] = [];
  const values = Object.entries(list).map(([name, setting]) => {
    const text = present.get(name);
    if (text !== undefined) {
      const parsed = setting.parser.safeParse(text);
      if (parsed.success) return [name, parsed.data] as const;
      problems.push(...parsed.error.issues.map(({ message }) => `${name}: ${message}`));
    }
    return [name, setting.default === undefined ? undefined : setting.parser.parse(setting.default)] as const;
  });
  if (present.get('NODE_ENV') === 'production') {
    for (const [name, { requiredInProduction, orElse = [] }] of Object.entries(list)) {
      if (requiredInProduction === undefined || [name, ...orElse].some((name) => present.has(name))) continue;
      const others = orElse.length > 0 ? `, or ${orElse.join(' or ')}` : '';
      problems.push(`${name}: must be set in production${others}; ${requiredInProduction}`);
    }
  }
  const names = [...Object.keys(list), ...further.names];
  problems.push(...misspeltSettings(env, { names, ownPrefixes: further.ownPrefixes }));
  // Each value was read by the parser of its name.
  return { values: Object.fromEntries(values) as SettingValues<List>, problems };
}

/** Reads a list of settings as `readSettings` does. Throws `ConfigError` with every problem at once. */
export function parseSettings<List extends SettingList>(env: Env, list: List): SettingValues<List> {
  const { values, problems } = readSettings(env, list);
  if (problems.length > 0) throw new ConfigError(problems);
  return values;
}
