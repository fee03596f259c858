import { errorCode } from './error-code.ts';
import { NotReplicated } from './record-writes.ts';

/** Why Redis cannot serve, in one word, for logs and metrics. */
export const unavailableReasons = [
  'oom',
  'misconf',
  'readonly',
  'noreplicas',
  'loading',
  'busy',
  'failover',
  'timed_out',
  'connection',
] as const;
export type UnavailableReason = (typeof unavailableReasons)[number];

/**
 * Replies of a Redis that runs but cannot serve now: full, unable to write its disk, read-only, without its replicas, starting, busy,
 * failing over. MOVED and ASK come when a slot moved while commands were sent together; EXECABORT when a command of a
 * transaction was refused, mostly for lack of memory: none of those commands was executed.
 */
const replies: readonly (readonly [RegExp, UnavailableReason])[] = [
  [/^(OOM|EXECABORT)\b/, 'oom'],
  [/^MISCONF\b/, 'misconf'],
  [/^READONLY\b/, 'readonly'],
  [/^NOREPLICAS\b/, 'noreplicas'],
  [/^LOADING\b/, 'loading'],
  [/^BUSY\b/, 'busy'],
  [/^(MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|UNBLOCKED)\b/, 'failover'],
];

/** ioredis's errors if there is no connection, or it was lost during a command. */
const lostConnection =
  /Connection is closed|aborted due to connection close|Stream isn't writeable|max retries per request|Failed to refresh slots|None of startup nodes|Cluster isn't ready|Cluster is disconnect|Too many Cluster redirections|Node is disconnected|same slots allocation group|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|All sentinels are unreachable/;

/** Why Redis could not serve, by this error; null if the error means something else, such as a bug. */
export function unavailableReason(error: unknown): UnavailableReason | null {
  if (error instanceof NotReplicated) return 'noreplicas';
  if (!(error instanceof Error)) return null;
  const { message } = error;
  const reply = replies.find(([pattern]) => pattern.test(message));
  if (reply) return reply[1];
  if (message.includes('Command timed out')) return 'timed_out';
  return lostConnection.test(message) ? 'connection' : null;
}

/** Whether an error means "Redis is away, try again", rather than a bug. */
export function isRedisUnavailable(error: unknown): boolean {
  return !(error instanceof NotReplicated) && unavailableReason(error) !== null;
}

/** Whether an error means that Redis is full: it refused a write, and wrote nothing. */
export function isRedisFull(error: unknown): boolean {
  return errorCode(error) === 'OOM';
}
