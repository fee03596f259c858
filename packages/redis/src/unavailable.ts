/**
 * Errors of a Redis that runs but cannot serve now: starting, failing over, full, or read-only. MOVED and ASK come when a
 * slot moved while commands were sent together, EXECABORT when a command of a transaction was refused for lack of memory:
 * none of those commands was executed.
 */
const passingReplies =
  /^(LOADING|MASTERDOWN|CLUSTERDOWN|READONLY|TRYAGAIN|MOVED|ASK|BUSY|OOM|MISCONF|EXECABORT|NOREPLICAS|UNBLOCKED)\b/;

/** ioredis's errors if there is no connection, or it was lost during a command. */
const lostConnection =
  /Connection is closed|Stream isn't writeable|Command timed out|max retries per request|Failed to refresh slots|None of startup nodes|Cluster isn't ready|Cluster is disconnect|Too many Cluster redirections|Node is disconnected|same slots allocation group|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|All sentinels are unreachable/;

/** Whether an error means "Redis is away, try again", rather than a bug. */
export function isRedisUnavailable(error: unknown): boolean {
  return error instanceof Error && (passingReplies.test(error.message) || lostConnection.test(error.message));
}

/** Whether an error means that Redis is full: it refused a write, and wrote nothing. */
export function isRedisFull(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('OOM');
}
