// Lives here: wake-ups from one process to another, and waiting for them. A wake-up is a hint, never the truth.
// Lives elsewhere: the state in Redis (`device-login`, `credentials`), and the held requests of programs (the api).
export * from './channel.ts';
export * from './publish.ts';
export * from './subscriber.ts';
export * from './page-and-token-waits.ts';
