-- carry-password: an account's second address -> the one that it has, with the password of its former record
-- Purpose   Sets the hash of the password at an account's new address, which is the account's for good now, where the record is still this
--           account's.
-- KEYS      1 record (of a sign-in)
-- ARGV      1 user_id  2 password_hash ('' to leave that)
-- Returns   {'carried'} | {'not_its'}
-- Invariant The record of another account is left alone, and one that is gone does not come back.
local record, user_id, password_hash = KEYS[1], ARGV[1], ARGV[2]

if redis.call('HGET', record, 'user_id') ~= user_id then
  return { 'not_its' }
end
if password_hash ~= '' then
  redis.call('HSET', record, 'password_hash', password_hash)
end
redis.call('HDEL', record, 'claimed_by')
return { 'carried' }
