export * from './audit-events.ts';
export * from './audit-key.ts';
export * from './audit-log.ts';
export * from './audit-reader.ts';
