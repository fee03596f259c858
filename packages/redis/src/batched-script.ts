import { readFileSync } from 'node:fs';
import { type BatchedScript, BatchingRedis } from './batching-redis.ts';
import type { RedisClient } from './client.ts';
import { runScript, scriptOf } from './script.ts';

export type { BatchedScript } from './batching-redis.ts';

const batch = readFileSync(new URL('./lua/batch.lua', import.meta.url), 'utf8');

/** Reads a script from its `.lua` file, for `runBatched`. */
export function loadBatchedScript(file: URL): BatchedScript {
  const script = scriptOf(readFileSync(file, 'utf8'));
  // Flags must be on the first line, and apply to all calls.
  const [flags = ''] = /^#![^\n]*\n/.exec(script.source) ?? [];
  const body = script.source.slice(flags.length);
  return { ...script, batch: scriptOf(flags + batch.replace('--[[ the script ]]', () => body)) };
}

/**
 * Runs a script as `runScript` does, in one command with its other calls of this tick. Calls of one script keep their order;
 * other commands of the tick come before them: a caller that needs another order waits for the reply. On a Cluster, where
 * the keys lie in different slots, each call is a command of its own.
 */
export function runBatched(
  client: RedisClient,
  script: BatchedScript,
  keys: string | readonly string[],
  ...args: readonly (string | number)[]
): Promise<unknown> {
  if (!(client instanceof BatchingRedis)) return runScript(client, script, keys, ...args);
  const reply = Promise.withResolvers<unknown>();
  client.addToBatch(script, { keys: typeof keys === 'string' ? [keys] : keys, args, reply });
  return reply.promise;
}
