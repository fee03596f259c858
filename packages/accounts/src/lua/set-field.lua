-- set-field: an account -> that, with this in a field
-- Purpose   Sets a field of an account, where there is such an account; what stood in it before is gone.
-- KEYS      1 account
-- ARGV      1 field  2 text
-- Returns   {'set'} | {'unknown'}
-- Invariant An account that is gone does not come back.
local account, field, text = KEYS[1], ARGV[1], ARGV[2]

if redis.call('HEXISTS', account, 'email') == 0 then
  return { 'unknown' }
end
redis.call('HSET', account, field, text)
return { 'set' }
