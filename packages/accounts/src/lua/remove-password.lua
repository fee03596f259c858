-- remove-password: known by a password -> known by a provider alone
-- Purpose   Takes the password and an open link from the record of a sign-in, where it is still this account's.
-- KEYS      1 record (of a sign-in)
-- ARGV      1 user_id
-- Returns   {'removed', former hash} | {'not_its'}
-- Invariant The record of another account, and one that the account left, is left alone.
local record, user_id = KEYS[1], ARGV[1]

local f = redis.call('HMGET', record, 'user_id', 'password_hash', 'left')
if f[1] ~= user_id or f[3] then
  return { 'not_its' }
end
redis.call('HSET', record, 'password_hash', '')
redis.call('HDEL', record, 'link_hash', 'link_until', 'link_by')
return { 'removed', f[2] or '' }
