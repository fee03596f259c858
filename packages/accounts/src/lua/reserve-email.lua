-- reserve-email: (none) -> reserved
-- Purpose   Takes an e-mail address for a new account, for a minute: if the process dies before the account is
--           written, the address becomes free again by itself.
-- KEYS      1 record (of a sign-in)
-- ARGV      1 user_id  2 password_hash  3 ttl_seconds
-- Returns   {'reserved'} | {'taken'}
-- Invariant One account per address.
local record = KEYS[1]
local user_id, password_hash, ttl_seconds = ARGV[1], ARGV[2], ARGV[3]

if redis.call('EXISTS', record) == 1 then
  return { 'taken' }
end
redis.call('HSET', record, 'user_id', user_id, 'password_hash', password_hash)
redis.call('EXPIRE', record, ttl_seconds)
return { 'reserved' }
