import { readFileSync } from 'node:fs';
import type { RedisClient } from './connect.ts';
import { type RedisScript, runScript, scriptOf } from './script.ts';
import { TurnwiseRedis } from './turnwise-redis.ts';

/** A script that many requests call at a time: by itself, and for all calls of one turn of the event loop. */
export interface GatheredScript extends RedisScript {
  readonly many: RedisScript;
}

const around = readFileSync(new URL('./lua/many.lua', import.meta.url), 'utf8');

/** Reads a script that may be gathered from its `.lua` file. */
export function loadGatheredScript(file: URL): GatheredScript {
  const one = scriptOf(readFileSync(file, 'utf8'));
  return { ...one, many: scriptOf(around.replace('--[[ the script ]]', () => one.source)) };
}

/**
 * Runs a script as `runScript` does, in one command with its other calls of this turn. Calls of one script keep their order;
 * other commands of the turn come before them, so whoever needs another order waits for the reply. On a Cluster, where
 * the keys lie in different slots, each call is a command of its own.
 */
export function runGathered(
  client: RedisClient,
  script: GatheredScript,
  keys: string | readonly string[],
  ...args: readonly (string | number)[]
): Promise<unknown> {
  if (!(client instanceof TurnwiseRedis)) return runScript(client, script, keys, ...args);
  const reply = Promise.withResolvers<unknown>();
  client.gather(script, { keys: typeof keys === 'string' ? [keys] : keys, args, reply });
  return reply.promise;
}
