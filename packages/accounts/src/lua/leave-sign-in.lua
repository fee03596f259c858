#!lua flags=allow-oom
-- leave-sign-in: an account's former address -> the same, whose password stays as it is
-- Purpose   Keeps everybody from changing the password at an address that the account left, and tells it, so that it goes along as it is.
--           Not where the account has taken the address by another link since. May be repeated. Runs when Redis is full.
-- KEYS      1 record (of a sign-in)
-- ARGV      1 user_id  2 by_link (SHA-256 of the link by which the account took it, '' where it signed up there)
-- Returns   {'left', password_hash} | {'not_its'}
-- Invariant The password that is told is the last one of this record. The record of another account, or of one that came back
--           meanwhile, is left alone.
local record, user_id, by_link = KEYS[1], ARGV[1], ARGV[2]

local f = redis.call('HMGET', record, 'user_id', 'claimed_by', 'password_hash')
if f[1] ~= user_id or (f[2] or '') ~= by_link then
  return { 'not_its' }
end
redis.call('HSET', record, 'left', '1')
return { 'left', f[3] or '' }
