#!lua flags=allow-oom
-- remove-sign-in: an account's way to sign in -> (none)
-- Purpose   Removes the record of a sign-in with all that it holds, where it is this account's. Runs when Redis is full.
-- KEYS      1 record (of a sign-in)
-- ARGV      1 user_id
-- Returns   {'removed'} | {'not_its'}
-- Invariant The record of another account, which has the address by now, is left alone.
local record, user_id = KEYS[1], ARGV[1]

if redis.call('HGET', record, 'user_id') ~= user_id then
  return { 'not_its' }
end
redis.call('DEL', record)
return { 'removed' }
