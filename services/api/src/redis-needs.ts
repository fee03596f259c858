import { issuanceQueuePrefix } from '@ravi/contract';
import { type NeededCommand, neededOn, spreadHashTags } from '@ravi/redis';
import { wakeupChannel } from '@ravi/wakeups';

/** Every kind of key that an api writes. */
const kinds =
  'login grant account account-sessions account-keys account-made-keys account-grants account-given-up account-decisions sign-in identity-email external spent-sign-in spent-link spent-challenge told session key mint dpop audit limit domains';
const written = kinds.split(' ').map((kind) => `ravi:${kind}:{check}`);

/** What an api does in Redis: looked for at its start. `replicas`: for how many of them it waits (`RECORDS_REPLICAS`). */
export function redisNeeds(isCluster: boolean, queues: number, replicas = 0): readonly NeededCommand[] {
  const channel = wakeupChannel('check');
  return [
    ...written.flatMap((key) => neededOn(key, 'set get del unlink exists pexpire persist pttl hset hget')),
    ...neededOn('ravi:account:{check}', 'hmget hgetall hdel hsetnx hexists hincrby expire pexpireat type'),
    ...neededOn(
      'ravi:limit:{check}',
      'zadd zcard zscore zrem zrange zrevrange zrangebyscore zremrangebyscore incr',
    ),
    ...neededOn('ravi:account-decisions:{check}', 'lpush ltrim lrange'),
    ...neededOn('ravi:deletions', 'zadd zrem zrangebyscore'),
    ...neededOn('ravi:audit', 'xadd xrange xrevrange'),
    ...neededOn('{ravi:audit}:shares', 'hincrby hget unlink pexpire'),
    ...neededOn('ravi:jwks', 'hgetall'),
    ...neededOn('ravi:processes', 'hgetall hset hdel pexpire hexists'),
    ...spreadHashTags(issuanceQueuePrefix, queues).flatMap((prefix) =>
      neededOn(`${prefix}:issuance:check`, queueCommands),
    ),
    ...commandsWithoutKeys,
    ...(replicas > 0 ? [['wait', '1', '1'] as const] : []),
    [isCluster ? 'ssubscribe' : 'subscribe', channel],
    [isCluster ? 'spublish' : 'publish', channel, 'x'],
  ];
}

/** What BullMQ's scripts do where a job is added, and what counts the mails that wait. */
const queueCommands =
  'hmset hset hget hmget hgetall hexists incr lpush rpush llen zadd zcard zcount xadd exists del set get';

/** `SCAN` is for the deletion of an account. */
const commandsWithoutKeys: readonly NeededCommand[] = [
  ['time'],
  ['info'],
  ['ping'],
  ['multi'],
  ['exec'],
  ['scan', '0'],
];
