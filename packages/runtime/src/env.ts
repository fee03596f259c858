import { z } from 'zod';
import { Secret } from './secret.ts';

/** The process environment, as `parseConfig` functions take it. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Thrown when the environment is not usable: names every problem at once, one sentence a line. */
export class ConfigError extends Error {
  readonly code = 'invalid_config';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** What an environment says, and what is wrong with it: a variable with a problem has its default among the values. */
interface ReadEnv<Shape extends z.ZodRawShape> {
  readonly values: z.infer<z.ZodObject<Shape>>;
  readonly problems: string[];
}

/**
 * Reads the environment by a schema of variables that each may be absent. An empty variable counts as absent.
 * `requiredInProduction` tells what must not be absent there, and why. For those who have more to check before they throw a
 * `ConfigError` with every problem at once.
 */
export function readEnv<Shape extends z.ZodRawShape>(
  env: Env,
  shape: Shape,
  requiredInProduction: Readonly<Record<string, string>>,
): ReadEnv<Shape> {
  const present = new Map(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const schema = z.object(shape);
  const parsed = schema.safeParse(Object.fromEntries(present));
  const issues = parsed.error?.issues ?? [];
  const problems = issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (present.get('NODE_ENV') === 'production') {
    for (const [name, why] of Object.entries(requiredInProduction)) {
      if (!present.has(name)) problems.push(`${name}: must be set in production; ${why}`);
    }
  }
  const broken = new Set(issues.map(({ path: [variable] }) => variable));
  const sound = [...present].filter(([name]) => !broken.has(name));
  return { values: parsed.success ? parsed.data : schema.parse(Object.fromEntries(sound)), problems };
}

/** Reads the environment as `readEnv` does. Throws `ConfigError` with every problem at once. */
export function parseEnv<Shape extends z.ZodRawShape>(
  env: Env,
  shape: Shape,
  requiredInProduction: Readonly<Record<string, string>>,
): z.infer<z.ZodObject<Shape>> {
  const { values, problems } = readEnv(env, shape, requiredInProduction);
  if (problems.length > 0) throw new ConfigError(problems);
  return values;
}

/** A whole number between `min` and `max`, both included. */
export function integerVariable(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message));
}

/** `on` or `off`. */
export const switchVariable = z
  .enum(['on', 'off'], { error: 'must be "on" or "off"' })
  .transform((value) => value === 'on');

/** Any text. */
export const textVariable = z.string();

/** A comma-separated list; blanks around the commas are dropped. */
export const listVariable = z.string().transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

/** An absolute http(s) URL without path, query or fragment, given back without a trailing slash. */
export const originVariable = z.string().transform((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== '/' ||
    url.search ||
    url.hash ||
    url.username
  ) {
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

/** The levels that pino knows, and `silent`. */
export const logLevelVariable = z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'], {
  error: 'must be one of silent, fatal, error, warn, info, debug, trace',
});

/** The variables that api and issuer share, with their defaults. `.env.example` explains each. */
export const sharedVariables = {
  NODE_ENV: z
    .enum(['production', 'development', 'test'], { error: 'must be production, development or test' })
    .default('development'),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must be a URL such as redis://127.0.0.1:6379')
    .default('redis://127.0.0.1:6379'),
  REDIS_CLUSTER_NODES: listVariable.optional(),
  REDIS_SENTINELS: listVariable.optional(),
  REDIS_SENTINEL_NAME: z.string().default('mymaster'),
  PUBLIC_URL: originVariable.optional(),
  SECRET: secretVariable.optional(),
  SECRET_PREVIOUS: secretVariable.optional(),
  LOG_LEVEL: logLevelVariable.default('info'),
  DATA_DIR: z.string().default('.ravi'),
  READY_FILE: z.string().optional(),
  AUDIT: switchVariable.default(true),
  AUDIT_MAX_EVENTS: integerVariable(1_000, 100_000_000).default(100_000),
};
