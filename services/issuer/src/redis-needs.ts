import { issuanceQueuePrefix } from '@ravi/contract';
import { type NeededCommand, neededOn, spreadHashTags } from '@ravi/redis';
import { wakeupChannel } from '@ravi/wakeups';

/**
 * What an issuer does in Redis: checked at its start, since BullMQ would wait for ever where it may not do something. `tellsOfUnused`: it
 * looks for logins that end unused, to tell their people by mail.
 */
export function redisNeeds(
  isCluster: boolean,
  queues: number,
  { tellsOfUnused = false } = {},
): readonly NeededCommand[] {
  return [
    ...['login', 'grant', 'account', 'key', 'mint']
      .map((kind) => `ravi:${kind}:{check}`)
      .flatMap((key) =>
        neededOn(key, 'hset hget hmget hgetall hdel hexists hincrby del unlink exists pexpire pttl'),
      ),
    ...neededOn('ravi:jwks', 'hgetall hget hmget hset hdel'),
    ...neededOn('ravi:audit', 'xadd xrange xlen'),
    ...neededOn('{ravi:audit}:shares', 'hincrby hget unlink pexpire'),
    ['xgroup', 'create', 'ravi:audit', 'webhook', '$', 'mkstream'],
    ['xreadgroup', 'group', 'webhook', 'check', 'streams', 'ravi:audit', '>'],
    ...neededOn('ravi:audit', 'xack xautoclaim'),
    ['xinfo', 'groups', 'ravi:audit'],
    ...neededOn('ravi:processes', 'hgetall hset hdel pexpire hexists'),
    ...['issuance', 'webhook', 'mail'].flatMap((queue) =>
      neededOn(`${issuanceQueuePrefix}:${queue}:check`, queueCommands),
    ),
    ...spreadHashTags(issuanceQueuePrefix, queues).flatMap((prefix) =>
      neededOn(`${prefix}:issuance:check`, queueCommands),
    ),
    ...(tellsOfUnused ? looksForUnusedLogins : []),
    ...commandsWithoutKeys,
    [isCluster ? 'spublish' : 'publish', wakeupChannel('check'), 'x'],
  ];
}

/** What BullMQ's scripts do where jobs are added, taken, retried and finished. */
const queueCommands = [
  'bzpopmin zpopmin zadd zcard zcount zscore zrem zrange zrevrange zrangebyscore zrevrangebyscore zremrangebyscore zremrangebyrank',
  'hmset hset hget hmget hgetall hexists hdel hincrby incr set get del exists pexpire pttl persist type',
  'lpush rpush rpop rpoplpush lrem llen lindex lrange ltrim sadd srem scard smembers sismember xadd xtrim',
].join(' ');

const looksForUnusedLogins: readonly NeededCommand[] = [
  ['scan', '0'],
  ...neededOn('ravi:account-grants:{check}', 'zrangebyscore zrem'),
  ...neededOn('ravi:unused-look', 'set del'),
];

const commandsWithoutKeys: readonly NeededCommand[] = [['time'], ['info'], ['ping'], ['multi'], ['exec']];
