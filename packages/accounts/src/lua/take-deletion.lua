#!lua flags=allow-oom
-- take-deletion: noted long ago -> noted now
-- Purpose   Takes the oldest deletion of which nobody has given a sign for some time, to finish it. Runs when Redis is full.
-- KEYS      1 deletions (a sorted set: user id, ms)
-- ARGV      1 lease_ms
-- Returns   {'taken', user_id} | {'none'}
-- Invariant Within the lease one process takes it.
local deletions, lease_ms = KEYS[1], tonumber(ARGV[1])

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local oldest = redis.call('ZRANGEBYSCORE', deletions, '-inf', string.format('%.0f', now - lease_ms), 'LIMIT', 0, 1)[1]
if not oldest then
  return { 'none' }
end
redis.call('ZADD', deletions, string.format('%.0f', now), oldest)
return { 'taken', oldest }
