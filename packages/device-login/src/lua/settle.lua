-- settle: approved -> issued
-- Purpose   Stores the sealed result and forgets the wrapped key: from here on only the device_code opens the result.
-- KEYS      1 login
-- ARGV      1 sealed
-- Returns   {'issued', waiter} | {'issued_before', waiter} | {'refused'}
-- Invariant Settles once: a job that runs again changes nothing. Nothing is issued without an approval.
local login = KEYS[1]
local sealed = ARGV[1]

local f = redis.call('HMGET', login, 'state', 'waiter')
local state, waiter = f[1], f[2] or ''
if state == 'approved' then
  redis.call('HSET', login, 'state', 'issued', 'sealed', sealed)
  redis.call('HDEL', login, 'wrapped_key')
  return { 'issued', waiter }
end
if state == 'issued' or state == 'redeemed' then
  return { 'issued_before', waiter }
end
return { 'refused' }
