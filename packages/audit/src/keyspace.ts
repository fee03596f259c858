/**
 * The audit log: a stream. No TTL; its oldest entries go once there are more than `AUDIT_MAX_EVENTS`.
 *
 * | field | from | until | holds |
 * |---|---|---|---|
 * | event | its writing | the end | an `AuditRecord`, as JSON |
 */
export function auditKey(prefix = ''): string {
  return `${prefix}ravi:audit`;
}
