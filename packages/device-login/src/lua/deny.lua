#!lua flags=allow-oom
-- deny: pending -> denied
-- Purpose   Notes that a human denied the login, and forgets the wrapped key: no result will ever be sealed.
-- KEYS      1 login
-- ARGV      1 user_id  2 reason ('wrong_number' | '' where the human denied it)  3 newest_format (that this release reads)
-- Returns   {'denied', waiter} | {'denied_before', waiter} | {'decided', 'approved'} | {'expired'} | {'unknown'}
--           {'newer', format}
-- Invariant A decision is never changed: the loser of a race learns the true state.
local login = KEYS[1]
local user_id, reason, newest_format = ARGV[1], ARGV[2], tonumber(ARGV[3])

local f = redis.call('HMGET', login, 'state', 'expires_at', 'waiter', 'v')
local state, waiter = f[1], f[3] or ''
if not state then
  return { 'unknown' }
end
if tonumber(f[4] or 1) > newest_format then
  return { 'newer', f[4] }
end
if state == 'denied' then
  return { 'denied_before', waiter }
end
if state ~= 'pending' then
  return { 'decided', 'approved' }
end
local time = redis.call('TIME')
if time[1] * 1000 + math.floor(time[2] / 1000) >= tonumber(f[2]) then
  return { 'expired' }
end
redis.call('HSET', login, 'state', 'denied', 'user_id', user_id, 'denied_for', reason,
  'denied_at', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)))
redis.call('HDEL', login, 'wrapped_key')
return { 'denied', waiter }
