// Lives here: connections to Redis, running Lua scripts, decoding their replies, and which processes agree.
// Lives elsewhere: keys and scripts (each package that owns them), pub/sub (`wakeups`), the job queue (the services).
export * from './batched-script.ts';
export * from './client.ts';
export { type NeededCommand, neededOn } from './command-check.ts';
export * from './connect.ts';
export { errorCode } from './error-code.ts';
export * from './hash-tags.ts';
export * from './heartbeat.ts';
export * from './membership.ts';
export * from './record-writes.ts';
export * from './redis-tls.ts';
export * from './script-reply.ts';
export * from './scan.ts';
export * from './script.ts';
export * from './service-redis.ts';
export type { ServerFinding } from './server-check.ts';
export * from './tool-redis.ts';
export * from './topology.ts';
export * from './unavailable.ts';
export * from './wait-until-ready.ts';
export * from './wait-until-usable.ts';
