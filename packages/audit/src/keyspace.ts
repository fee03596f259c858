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
