-- make-reset-link: known by a password -> that, and by a one-time link for a while
-- Purpose   Notes the hash of a link that sets a new password. A newer link takes the place of an older one.
-- KEYS      1 record (of a sign-in)
-- ARGV      1 user_id  2 link_hash  3 ttl (ms)  4 by ('mail' or 'operator')
-- Returns   {'made', until (ms)} | {'no_password'} | {'unknown'}
-- Invariant One link at a time; none for an account that signs in through a provider.
local record = KEYS[1]
local user_id, link_hash, ttl, by = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]

local f = redis.call('HMGET', record, 'user_id', 'password_hash')
if f[1] ~= user_id then
  return { 'unknown' }
end
if f[2] == '' then
  return { 'no_password' }
end
local time = redis.call('TIME')
local ends = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) + ttl)
redis.call('HSET', record, 'link_hash', link_hash, 'link_until', ends, 'link_by', by)
return { 'made', ends }
