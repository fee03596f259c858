/** The process environment, the input of `parseConfig` functions. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Thrown if the environment is unusable: names every problem at once, one sentence a line. */
export class ConfigError extends Error {
  readonly code = 'invalid_config';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** The variables that are set. An empty one counts as absent, so that a template can leave it blank. */
export function presentVariables(env: Env): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, value] as const],
    ),
  );
}
