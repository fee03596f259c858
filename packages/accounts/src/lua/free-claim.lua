#!lua flags=allow-oom
-- free-claim: an account's address, where it is not or will not be -> (none)
-- Purpose   Frees an address that an account left, or took by a link that is over, where the account has not taken it by another link since.
--           Runs when Redis is full.
-- KEYS      1 record (of a sign-in)
-- ARGV      1 user_id  2 by_link (SHA-256 of the link by which the account took it, '' where it signed up there)
-- Returns   {'freed'} | {'not_its'}
-- Invariant The record of another account, or of one that came back meanwhile, is left alone.
local record, user_id, by_link = KEYS[1], ARGV[1], ARGV[2]

local f = redis.call('HMGET', record, 'user_id', 'claimed_by')
if f[1] ~= user_id or (f[2] or '') ~= by_link then
  return { 'not_its' }
end
redis.call('DEL', record)
return { 'freed' }
