-- settle-refresh: pending -> settled, or refused
-- Purpose   Moves the grant on to its next refresh token and stores the sealed pair for those who wait, in one step.
-- KEYS      1 grant  2 mint
-- ARGV      1 jti  2 next_jti  3 sealed  4 keep (ms)  5 now (ms)  6 grant_ttl (ms; '' where the grant does not expire)
-- Returns   {'settled', waiters} | {'settled_before', waiters} | {'refused', waiters}
-- Invariant A grant that ended in the meantime gets nothing, and those who wait are told; a request that was withdrawn
--           changes nothing.
local grant, mint = KEYS[1], KEYS[2]
local jti, next_jti, sealed, keep, now, grant_ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]

local m = redis.call('HMGET', mint, 'state', 'waiters')
if m[1] == 'settled' then
  return { 'settled_before', m[2] }
end
local g = redis.call('HMGET', grant, 'state', 'refresh_jti')
if m[1] ~= 'pending' then
  return { 'refused', '' }
end
if g[1] ~= 'active' or g[2] ~= jti then
  redis.call('HSET', mint, 'state', 'refused')
  redis.call('HDEL', mint, 'wrapped_key')
  redis.call('PEXPIRE', mint, keep)
  return { 'refused', m[2] }
end
redis.call('HSET', grant, 'refresh_jti', next_jti, 'refreshed_at', now)
if grant_ttl ~= '' then
  redis.call('PEXPIRE', grant, grant_ttl)
end
redis.call('HSET', mint, 'state', 'settled', 'sealed', sealed)
redis.call('HDEL', mint, 'wrapped_key')
redis.call('PEXPIRE', mint, keep)
return { 'settled', m[2] }
