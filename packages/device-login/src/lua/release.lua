-- release: issued, leased -> issued
-- Purpose   The client went away before it was answered: the next request gets the result.
-- KEYS      1 login
-- ARGV      1 lease
-- Returns   {'released', waiter} | {'lost'}
-- Invariant Only the request that holds the lease returns it. waiter: the instance to wake, or ''.
local login = KEYS[1]
local lease = ARGV[1]

local f = redis.call('HMGET', login, 'state', 'lease', 'waiter')
if f[1] ~= 'issued' or f[2] ~= lease then
  return { 'lost' }
end
redis.call('HDEL', login, 'lease', 'leased_until')
return { 'released', f[3] or '' }
