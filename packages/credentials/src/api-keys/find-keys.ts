import { type RedisClient, scanKeys } from '@ravi/redis';
import { apiKeyRecordKey, everyApiKey } from '../keyspace.ts';

/**
 * The ids of the API keys that begin with these characters, ended ones included. Reads every key's record, in batches: an index by
 * prefix would cost each login two more writes, for a question that is asked only when a key leaked.
 */
export async function* findKeysByPrefix(
  redis: RedisClient,
  keyPrefix: string,
  prefix = '',
): AsyncGenerator<string> {
  const start = apiKeyRecordKey('', prefix).length;
  const told = new Set<string>();
  for await (const names of scanKeys(redis, everyApiKey(prefix))) {
    const prefixes = await Promise.all(names.map((name) => redis.hget(name, 'prefix')));
    for (const [at, found] of prefixes.entries()) {
      const id = names[at]?.slice(start) ?? '';
      if (found !== keyPrefix || told.has(id)) continue;
      told.add(id);
      yield id;
    }
  }
}
