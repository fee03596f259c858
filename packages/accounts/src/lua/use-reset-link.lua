-- use-reset-link: known by a password and a link -> known by another password
-- Purpose   Spends a one-time link and sets the new password in one step; or only tells whether the link is good.
-- KEYS      1 record (of a sign-in)
-- ARGV      1 user_id  2 link_hash  3 new_hash ('' to change nothing)
-- Returns   {'good', by} | {'reset', by} | {'bad'}
-- Invariant A link sets one password, none after its time, and none at an address that the account left.
local record = KEYS[1]
local user_id, link_hash, new_hash = ARGV[1], ARGV[2], ARGV[3]

local f = redis.call('HMGET', record, 'user_id', 'link_hash', 'link_until', 'link_by', 'left')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if f[1] ~= user_id or f[2] ~= link_hash or now >= tonumber(f[3] or 0) or f[5] then
  return { 'bad' }
end
if new_hash == '' then
  return { 'good', f[4] or '' }
end
redis.call('HSET', record, 'password_hash', new_hash)
redis.call('HDEL', record, 'link_hash', 'link_until', 'link_by')
return { 'reset', f[4] or '' }
