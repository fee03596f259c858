-- start: (none) -> pending
-- Purpose   Creates a login, unless one with this id exists already (the caller then draws another user_code).
-- KEYS      1 login
-- ARGV      1 device_hash  2 wrapped_key  3 expires_at_ms  4 grace_ms  5 interval_ms
--           6 client_name  7 address  8 user_agent  9.. more fields and their values
-- Returns   {'started'} | {'taken'}
-- Invariant The key has a TTL from the first moment: expiry, and a grace so that late requests still learn the state.
local login = KEYS[1]
local device_hash, wrapped_key, expires_at_ms, grace_ms = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local interval_ms, client_name, address, user_agent = ARGV[5], ARGV[6], ARGV[7], ARGV[8]

if redis.call('EXISTS', login) == 1 then
  return { 'taken' }
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', login, 'state', 'pending', 'device_hash', device_hash, 'wrapped_key', wrapped_key,
  'started_at', string.format('%.0f', now), 'expires_at', string.format('%.0f', expires_at_ms), 'interval', interval_ms,
  'client_name', client_name, 'address', address, 'user_agent', user_agent, unpack(ARGV, 9))
redis.call('PEXPIREAT', login, string.format('%.0f', expires_at_ms + grace_ms))
return { 'started' }
