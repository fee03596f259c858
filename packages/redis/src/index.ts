export * from './connect.ts';
export * from './script.ts';
export * from './topology.ts';
export * from './unavailable.ts';
