-- settle-refresh: pending -> settled, or refused
-- Purpose   Moves the grant on to its next refresh token and stores the sealed pair for those who wait, in one step.
-- KEYS      1 grant  2 mint
-- ARGV      1 jti  2 next_jti  3 next_seq  4 sealed  5 keep (ms)  6 grant_ttl (ms)  7 refresh_expires_at (ms)
--           8 mint_id  9 channel ('%s' stands for the instance; '' to leave the wake-ups to the caller, as on a Cluster)
-- Returns   {'settled', waiters} | {'settled_before', waiters} | {'refused', waiters}
--           waiters: the instances that are still to be woken
-- Invariant A grant that ended in the meantime gets nothing, and those who wait are told; a request that was withdrawn
--           changes nothing.
local grant, mint = KEYS[1], KEYS[2]
local jti, next_jti, next_seq, sealed, keep, grant_ttl, refresh_expires_at =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local mint_id, channel = ARGV[8], ARGV[9]

local m = redis.call('HMGET', mint, 'state', 'waiters')
local function wake(waiters)
  if channel == '' then
    return waiters
  end
  for waiter in string.gmatch(waiters, '[^,]+') do
    redis.call('PUBLISH', string.format(channel, waiter), mint_id)
  end
  return ''
end
if m[1] == 'settled' then
  return { 'settled_before', wake(m[2]) }
end
local g = redis.call('HMGET', grant, 'state', 'refresh_jti')
if m[1] ~= 'pending' then
  return { 'refused', '' }
end
if g[1] ~= 'active' or g[2] ~= jti then
  redis.call('HSET', mint, 'state', 'refused')
  redis.call('HDEL', mint, 'wrapped_key')
  redis.call('PEXPIRE', mint, keep)
  return { 'refused', wake(m[2]) }
end
local time = redis.call('TIME')
redis.call('HSET', grant, 'refresh_jti', next_jti, 'refresh_seq', next_seq, 'refresh_expires_at', refresh_expires_at,
  'refreshed_at', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)))
redis.call('PEXPIRE', grant, grant_ttl)
redis.call('HSET', mint, 'state', 'settled', 'sealed', sealed)
redis.call('HDEL', mint, 'wrapped_key')
redis.call('PEXPIRE', mint, keep)
return { 'settled', wake(m[2]) }
