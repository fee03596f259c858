#!lua flags=allow-oom
-- end-record: active -> ended
-- Purpose   Ends a credential: a grant with both its tokens, or an API key. The record stays for a while, so that
--           nothing brings it back, and so that the reason can still be told.
-- KEYS      1 record
-- ARGV      1 user_id  2 reason  3 ended_at (ms)  4 keep (ms; '' keeps the record as long as it would stay anyway)
-- Returns   {'ended'} | {'ended_before'} | {'unknown'}
-- Invariant Only the owner's record is ended, and for one reason.
local record = KEYS[1]
local user_id, reason, ended_at, keep = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local f = redis.call('HMGET', record, 'state', 'user_id')
if not f[1] or f[2] ~= user_id then
  return { 'unknown' }
end
if keep ~= '' then
  redis.call('PEXPIRE', record, keep)
end
if f[1] == 'ended' then
  return { 'ended_before' }
end
redis.call('HSET', record, 'state', 'ended', 'ended_reason', reason, 'ended_at', ended_at)
return { 'ended' }
