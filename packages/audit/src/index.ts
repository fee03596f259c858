// Lives here: the audit log: its events, writing and reading them.
// Lives elsewhere: webhooks (the issuer), log lines and metrics (`telemetry`).
export * from './audit-events.ts';
export * from './keyspace.ts';
export * from './audit-log.ts';
export * from './audit-reader.ts';
export * from './note-now.ts';
