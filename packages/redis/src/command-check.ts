import type { RedisClient } from './client.ts';
import { replyWords } from './script-reply.ts';
import { loadScript, runScript } from './script.ts';

const missingCommands = loadScript(new URL('./lua/missing-commands.lua', import.meta.url));

/** A command that a process needs, with keys and channels as it uses them: `['hset', 'a-key', 'field', 'value']`. */
export type NeededCommand = readonly [string, ...string[]];

/** Commands, named in one text, that are needed on a key. */
export function neededOn(key: string, commands: string): NeededCommand[] {
  // Wherever a command expects keys, it finds this one.
  return commands.split(' ').map((command) => [command, key, key, key] as const);
}

/** What is needed and not available, in a sentence; null if nothing is missing. Rejects if the check itself is not possible. */
export async function missingCommand(
  client: RedisClient,
  needed: readonly NeededCommand[],
): Promise<string | null> {
  const words = needed.flatMap((command) => [command.length, ...command]);
  const reply = await runScript(client, missingCommands, [], ...words);
  const missing = Array.isArray(reply) ? reply.map(replyWords) : [];
  const [first] = missing;
  if (first === undefined) return null;
  const [kind, name = '', ...args] = first;
  const others = missing.length === 1 ? '' : `, the first of ${missing.length} that are missing`;
  if (kind === 'unknown') return `This Redis has no command ${name.toUpperCase()}${others}.`;
  const subject = args.length === 0 ? '' : ` on ${args.find((word) => word.includes('ravi')) ?? args[0]}`;
  return `The user of REDIS_URL may not run ${name.toUpperCase()}${subject}${others}: docs/operations.md lists what it needs.`;
}
