export * from './connect.ts';
export * from './script.ts';
export * from './tool-redis.ts';
export * from './topology.ts';
export * from './unavailable.ts';
export * from './gathered-script.ts';
