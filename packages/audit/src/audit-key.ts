/** The stream in which the audit log lies. */
export function auditKey(prefix = ''): string {
  return `${prefix}ravi:audit`;
}
