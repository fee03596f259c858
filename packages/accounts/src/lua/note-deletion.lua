#!lua flags=allow-oom
-- note-deletion: (none) or noted -> noted now
-- Purpose   Notes that an account is being deleted now: for a while nobody else finishes that. Runs when Redis is full.
-- KEYS      1 deletions (a sorted set: user id, ms)
-- ARGV      1 user_id  2 renewed ('1' for one that is noted already, else '')
-- Returns   {'noted'}
-- Invariant What is renewed is noted already: a deletion that is over does not come back.
local deletions, user_id, renewed = KEYS[1], ARGV[1], ARGV[2]

local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
if renewed == '1' then
  redis.call('ZADD', deletions, 'XX', now, user_id)
else
  redis.call('ZADD', deletions, now, user_id)
end
return { 'noted' }
