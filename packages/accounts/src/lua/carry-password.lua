#!lua flags=allow-oom
-- carry-password: a record of a sign-in -> with the last password of the account's former record
-- Purpose   Sets the hash of the password at an account's new address, once: where the record is still this account's, and its password
--           still the one with which the address was taken. One that was set there since is newer. Runs when Redis is full.
-- KEYS      1 record (of a sign-in)
-- ARGV      1 user_id  2 password_hash
-- Returns   {'carried'} | {'newer'} | {'not_its'}
-- Invariant The record of another account is left alone, and one that is gone does not come back.
local record, user_id, password_hash = KEYS[1], ARGV[1], ARGV[2]

local f = redis.call('HMGET', record, 'user_id', 'password_hash', 'claimed_hash')
if f[1] ~= user_id then
  return { 'not_its' }
end
redis.call('HDEL', record, 'claimed_hash')
if f[2] ~= f[3] then
  return { 'newer' }
end
redis.call('HSET', record, 'password_hash', password_hash)
return { 'carried' }
