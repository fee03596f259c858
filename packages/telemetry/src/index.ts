// Lives here: logs, metrics, and the admin port that shows health and metrics.
// Lives elsewhere: the audit log (`audit`), the metrics of one service (its `metrics.ts`).
export * from './logger.ts';
export * from './telemetry.ts';
export * from './tracing.ts';
export * from './metrics.ts';
export * from './redis-observer.ts';
export * from './admin-server.ts';
