-- free-claim: an account's second address, whose move nobody finished -> (none)
-- Purpose   Frees an address that an account took by a link that is over, where it has not been taken by another link since.
-- KEYS      1 record (of a sign-in)
-- ARGV      1 user_id  2 by_link (SHA-256 of the link that is over)
-- Returns   {'freed'} | {'not_its'}
-- Invariant The record of another account, or of one that has the address for good, is left alone.
local record, user_id, by_link = KEYS[1], ARGV[1], ARGV[2]

local f = redis.call('HMGET', record, 'user_id', 'claimed_by')
if f[1] ~= user_id or f[2] ~= by_link then
  return { 'not_its' }
end
redis.call('DEL', record)
return { 'freed' }
