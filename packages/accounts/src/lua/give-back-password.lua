#!lua flags=allow-oom
-- give-back-password: known by no password -> by the one that was removed
-- Purpose   Sets the password again that was removed for a takeover which was refused. Runs when Redis is full.
-- KEYS      1 record (of a sign-in)
-- ARGV      1 user_id  2 password_hash
-- Returns   {'given_back'} | {'not_its'}
-- Invariant The record of another account, one that the account left, and one that has a password is left alone, and one that is gone
--           does not come back.
local record, user_id, password_hash = KEYS[1], ARGV[1], ARGV[2]

local f = redis.call('HMGET', record, 'user_id', 'password_hash', 'left')
if f[1] ~= user_id or f[2] ~= '' or f[3] then
  return { 'not_its' }
end
redis.call('HSET', record, 'password_hash', password_hash)
return { 'given_back' }
