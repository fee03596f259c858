/**
 * The audit log: a stream. No TTL; its oldest entries are dropped above `AUDIT_MAX_EVENTS`.
 *
 * | field | from | until | holds |
 * |---|---|---|---|
 * | event | its writing | the end | an `AuditRecord`, as JSON |
 */
export function auditKey(prefix = ''): string {
  return `${prefix}ravi:audit`;
}

/**
 * How many events of each kind about each account, and about none, came for the log: a hash, in one Cluster slot with it. TTL: a day;
 * it begins anew when half of the log was written since.
 *
 * | field | from | until | holds |
 * |---|---|---|---|
 * | :added | the first event | the end | how many events were added in all, but for those of tools |
 * | USER EVENT, perhaps REASON | the first such event | the end | how many came of this kind about this account |
 * | nobody EVENT | the first such event | the end | how many came of this kind about no account |
 * | NETWORK EVENT | the first such event | the end | how many of those came from this network |
 */
export function auditSharesKey(prefix = ''): string {
  return `{${auditKey(prefix)}}:shares`;
}
