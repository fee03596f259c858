import type { z } from 'zod';
import { ConfigError, type Env, presentVariables } from './env.ts';
import { misspeltSettings } from './misspelt-settings.ts';

/** What operators read about a setting: the docs, `.env.example` and the compose file are written from it. */
export interface SettingText {
  /** What it does, in a sentence or two. */
  readonly help: string;
  /** What follows the help in `.env.example`, line by line, such as an example. */
  readonly details?: readonly string[];
  /** The text that holds where the variable is absent. */
  readonly default?: string;
  /** What holds where it is absent and there is no default text: "none", "all". */
  readonly otherwise?: string;
  /** What its number counts: "seconds". */
  readonly unit?: string;
  /** It must be set in production; the rest of the sentence that says how. */
  readonly requiredInProduction?: string;
  /** Settings of which any one does in its place. */
  readonly orElse?: readonly string[];
  /** Its value opens something: it belongs where secrets are kept. */
  readonly secret?: boolean;
}

/** One setting of a service: an environment variable, how it is read and what is said of it. */
export interface Setting extends SettingText {
  /** Reads the text. Its messages follow the variable's name; its description says which values it takes. */
  readonly parser: z.ZodType<unknown, string>;
}

/** The settings of a service by their names. */
export type SettingList = Readonly<Record<string, Setting>>;

/** What the settings of a list are read as: those without a default may be absent. */
export type SettingValues<List extends SettingList> = {
  readonly [Name in keyof List]:
    z.output<List[Name]['parser']> | (List[Name] extends { readonly default: string } ? never : undefined);
};

/** What an environment says, and what is wrong with it: a variable with a problem has its default among the values. */
export interface ReadSettings<List extends SettingList> {
  readonly values: SettingValues<List>;
  readonly problems: string[];
}

/** Names that are known beside those of a list. */
interface FurtherNames {
  readonly names: readonly string[];
  readonly ownPrefixes: readonly string[];
}

/**
 * Reads a list of settings: values, what production lacks, and names that are misspelt. An empty variable counts as absent. For
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
