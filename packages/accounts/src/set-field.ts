import { loadScript, type RedisClient, replyOf, runScript } from '@ravi/redis';

const script = loadScript(new URL('./lua/set-field.lua', import.meta.url));

/** Sets a field of an account, by the account's key. False where there is no such account. */
export async function setField(
  redis: RedisClient,
  key: string,
  field: 'language' | 'pending_email',
  text: string,
): Promise<boolean> {
  const [word] = replyOf(await runScript(redis, script, key, field, text), 'set', 'unknown');
  return word === 'set';
}
