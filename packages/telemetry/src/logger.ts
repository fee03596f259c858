import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * Fields that never reach an output, in whichever line they are logged: a second line of defence behind the rule that
 * log calls name only ids. Matched at the top level and one level below.
 */
const secretFields = new Set([
  'device_code',
  'user_code',
  'password',
  'access',
  'refresh',
  'management_key',
  'identity_key',
  'csrf_token',
  'cookie',
  'authorization',
  'secret',
  'headers',
  'body',
]);

/** The fields that identify a process in its log lines. */
export interface LoggerOptions {
  readonly service: 'api' | 'issuer';
  readonly instance: string;
  readonly level: string;
}

/** A pino logger: JSON lines, ISO times, secrets redacted. */
export function createLogger(options: LoggerOptions, destination: DestinationStream): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service, instance: options.instance },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: (fields) => hideSecrets(fields, hideBelow) },
      serializers: { error: serializeError },
    },
    destination,
  );
}

/**
 * The fields without secrets, the others as `show` makes them. It only looks at the names: pino's own `redact` takes half of a line's
 * time, though nearly every line has only two or three plain ids, and is taken as it is.
 */
function hideSecrets(
  fields: Record<string, unknown>,
  show: (value: unknown) => unknown,
): Record<string, unknown> {
  const entries = Object.entries(fields);
  if (!entries.some(([name, value]) => typeof value === 'object' || secretFields.has(name))) return fields;
  return Object.fromEntries(
    entries.map(([name, value]) => [name, secretFields.has(name) ? '[secret]' : show(value)]),
  );
}

function hideBelow(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => (Array.isArray(one) ? one : hideBelow(one)));
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  return hideSecrets({ ...value }, (below) => below);
}

/** The longest message of an error that is logged: that of a library may quote all that a stranger sent. */
const longestMessage = 2_000;

/** Keeps the fields that explain an error. ioredis adds the failed command with its arguments, which are dropped. */
function serializeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: 'a value that is not an Error was thrown' };
  const message = error.message.slice(0, longestMessage);
  return {
    type: error.name,
    message,
    // It begins with the message.
    stack: error.stack?.replace(error.message, () => message),
    ...('code' in error ? { code: error.code } : {}),
    ...(error.cause === undefined ? {} : { cause: serializeError(error.cause) }),
  };
}
