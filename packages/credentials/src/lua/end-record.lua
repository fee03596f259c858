#!lua flags=allow-oom
-- end-record: active -> ended
-- Purpose   Ends a grant with all that came from it, or an API key with all that descends from it: every look-up of one of these
--           looks up this record too. The record stays for a while, so that nothing brings it back.
-- KEYS      1 record
-- ARGV      1 user_id  2 reason  3 keep (ms)
-- Returns   {'ended'} | {'ended_before'} | {'unknown'}
-- Invariant Only the owner's record is ended, and for one reason.
local record = KEYS[1]
local user_id, reason, keep = ARGV[1], ARGV[2], ARGV[3]

local f = redis.call('HMGET', record, 'state', 'user_id')
if not f[1] or f[2] ~= user_id then
  return { 'unknown' }
end
if f[1] == 'ended' then
  return { 'ended_before' }
end
local time = redis.call('TIME')
redis.call('HSET', record, 'state', 'ended', 'ended_reason', reason,
  'ended_at', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)))
redis.call('PEXPIRE', record, keep)
return { 'ended' }
