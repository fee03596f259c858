-- carry-password: a record of a sign-in -> with the password of the account's former record
-- Purpose   Sets the hash of the password at an account's new address, where the record is still this account's.
-- KEYS      1 record (of a sign-in)
-- ARGV      1 user_id  2 password_hash
-- Returns   {'carried'} | {'not_its'}
-- Invariant The record of another account is left alone, and one that is gone does not come back.
local record, user_id, password_hash = KEYS[1], ARGV[1], ARGV[2]

if redis.call('HGET', record, 'user_id') ~= user_id then
  return { 'not_its' }
end
redis.call('HSET', record, 'password_hash', password_hash)
return { 'carried' }
