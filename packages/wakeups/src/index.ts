export * from './channel.ts';
export * from './publish.ts';
export * from './subscriber.ts';
