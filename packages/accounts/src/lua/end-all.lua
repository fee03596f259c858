#!lua flags=allow-oom
-- end-all: everything that an account has granted so far -> ended
-- Purpose   Notes when all was ended: what was approved before is not handed over any more. Runs when Redis is full.
-- KEYS      1 account
-- ARGV      1 ended_at (ms)
-- Returns   {'ended'} | {'unknown'}
-- Invariant Nothing is written into an account that is gone.
local account, ended_at = KEYS[1], ARGV[1]

if redis.call('EXISTS', account) == 0 then
  return { 'unknown' }
end
redis.call('HSET', account, 'all_ended_at', ended_at)
return { 'ended' }
