/**
 * Answers of a Redis that is there but cannot serve right now: starting, failing over, full, or read-only. MOVED and ASK
 * reach us when a slot moved under commands that were sent together, EXECABORT when one of a transaction's was refused, for
 * want of memory: none of those was carried out.
 */
const passingReplies =
  /^(LOADING|MASTERDOWN|CLUSTERDOWN|READONLY|TRYAGAIN|MOVED|ASK|BUSY|OOM|MISCONF|EXECABORT|NOREPLICAS|UNBLOCKED)\b/;

/** What ioredis says when there is no connection, or when it went away under a command. */
const lostConnection =
  /Connection is closed|Stream isn't writeable|Command timed out|max retries per request|Failed to refresh slots|None of startup nodes|Cluster isn't ready|Cluster is disconnect|Too many Cluster redirections|Node is disconnected|same slots allocation group|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|All sentinels are unreachable/;

/** Whether an error means "Redis is away, try again", rather than a fault of ours. */
export function isRedisUnavailable(error: unknown): boolean {
  return error instanceof Error && (passingReplies.test(error.message) || lostConnection.test(error.message));
}

/** Whether an error means that Redis is full: it refused a write, and what would have been written is not there. */
export function isRedisFull(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('OOM');
}
