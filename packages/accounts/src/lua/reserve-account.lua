-- reserve-account: (none) -> reserved
-- Purpose   Takes an id for a new account, for a minute: if the process dies before the account is written, the id becomes free
--           again by itself. The first epochs of the account begin.
-- KEYS      1 account
-- ARGV      1 ttl_seconds
-- Returns   {'reserved', epoch} | {'taken'}
-- Invariant One account per id.
local account, ttl_seconds = KEYS[1], ARGV[1]

if redis.call('EXISTS', account) == 1 then
  return { 'taken' }
end
local time = redis.call('TIME')
local epoch = string.format('%.0f', time[1] * 1000000 + time[2])
redis.call('HSET', account, 'epoch', epoch, 'sessions_epoch', epoch)
redis.call('EXPIRE', account, ttl_seconds)
return { 'reserved', epoch }
