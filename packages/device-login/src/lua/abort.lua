#!lua flags=allow-oom
-- abort: approved -> denied
-- Purpose   Ends an approved login for which no result can ever be sealed: the account is gone, or SECRET was replaced.
-- KEYS      1 login
-- ARGV      (none)
-- Returns   {'denied', waiter} | {'refused'}
-- Invariant An issued result is never taken back.
local login = KEYS[1]

local f = redis.call('HMGET', login, 'state', 'waiter')
if f[1] ~= 'approved' then
  return { 'refused' }
end
redis.call('HSET', login, 'state', 'denied')
redis.call('HDEL', login, 'wrapped_key')
return { 'denied', f[2] or '' }
