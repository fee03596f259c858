export * from './audit-event.ts';
export * from './audit-key.ts';
export * from './audit-log.ts';
export * from './audit-reader.ts';
