import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RedisClient } from './client.ts';
import { errorCode } from './error-code.ts';

/** A Lua script that Redis runs as one step. Every key it touches is in its KEYS, all in one Cluster slot. */
export interface RedisScript {
  readonly source: string;
  readonly sha1: string;
}

/** Reads a script from its `.lua` file. */
export function loadScript(file: URL): RedisScript {
  return scriptOf(readFileSync(file, 'utf8'));
}

/** A script with this source, and its digest for `EVALSHA`. */
export function scriptOf(source: string): RedisScript {
  return { source, sha1: createHash('sha1').update(source).digest('hex') };
}

/** Runs a script by its digest, and sends its source only if Redis does not have it (new, restarted, flushed). */
export async function runScript(
  client: RedisClient,
  script: RedisScript,
  keys: string | readonly string[],
  ...args: readonly (string | number)[]
): Promise<unknown> {
  const all = typeof keys === 'string' ? [keys] : keys;
  try {
    return await client.evalsha(script.sha1, all.length, ...all, ...args);
  } catch (error) {
    if (errorCode(error) === 'NOSCRIPT') {
      return client.eval(script.source, all.length, ...all, ...args);
    }
    throw error;
  }
}
