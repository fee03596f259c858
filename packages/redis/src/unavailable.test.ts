import { NotReplicated } from './record-writes.ts';
import { isRedisUnavailable, unavailableReason } from './unavailable.ts';

test.each([
  ["OOM command not allowed when used memory > 'maxmemory'.", 'oom'],
  ['EXECABORT Transaction discarded because of previous errors.', 'oom'],
  ['MISCONF Redis is configured to save RDB snapshots, but it is unable to persist to disk.', 'misconf'],
  ["READONLY You can't write against a read only replica.", 'readonly'],
  ['NOREPLICAS Not enough good replicas to write.', 'noreplicas'],
  ['LOADING Redis is loading the dataset in memory', 'loading'],
  ['BUSY Redis is busy running a script.', 'busy'],
  ['CLUSTERDOWN The cluster is down', 'failover'],
  ['MOVED 1 127.0.0.1:1', 'failover'],
  // What touches two keys of a slot that is being moved to another node.
  ['TRYAGAIN Multiple keys request during rehashing of slot', 'failover'],
  ['Command timed out', 'timed_out'],
  ['connect ECONNREFUSED 127.0.0.1:1', 'connection'],
  // A command of several that were sent together, of which some were answered; on a Cluster all are sent so.
  ['Command aborted due to connection close', 'connection'],
  ["Stream isn't writeable and enableOfflineQueue options is false", 'connection'],
])('"%s" is an outage for the reason %s', (message, reason) => {
  expect(unavailableReason(new Error(message))).toBe(reason);
  expect(isRedisUnavailable(new Error(message))).toBe(true);
});

test('too few replicas are an outage, but Redis is not away; a bug is neither', () => {
  expect(unavailableReason(new NotReplicated())).toBe('noreplicas');
  expect(isRedisUnavailable(new NotReplicated())).toBe(false);
  expect(unavailableReason(new Error('WRONGTYPE Operation against a key'))).toBeNull();
  expect(unavailableReason('OOM')).toBeNull();
});
