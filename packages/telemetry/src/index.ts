export * from './logger.ts';
export * from './metrics.ts';
export * from './watch-connection.ts';
export * from './admin-server.ts';
