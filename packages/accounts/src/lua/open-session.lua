-- open-session: notes a session in the index of its account
-- Purpose   Keeps the index of an account's sessions, and tells which of them are too many.
-- KEYS      1 index
-- ARGV      1 id  2 now (ms)  3 ttl_seconds  4 max_sessions
-- Returns   {'noted', id, ...}: the ids of the oldest sessions, as many as are too many; they are to be ended
-- Invariant The index has a TTL.
local index, id, now, ttl_seconds, max_sessions = KEYS[1], ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

redis.call('ZADD', index, now, id)
redis.call('EXPIRE', index, ttl_seconds)
local surplus = redis.call('ZCARD', index) - max_sessions
if surplus <= 0 then
  return { 'noted' }
end
return { 'noted', unpack(redis.call('ZRANGE', index, 0, surplus - 1)) }
