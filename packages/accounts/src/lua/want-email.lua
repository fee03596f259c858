-- want-email: an account -> one that is to have another address
-- Purpose   Notes the address to which the link of a change is sent; a later one takes its place.
-- KEYS      1 account
-- ARGV      1 email
-- Returns   {'wanted'} | {'unknown'}
-- Invariant An account that is gone does not come back.
local account, email = KEYS[1], ARGV[1]

if redis.call('HEXISTS', account, 'email') == 0 then
  return { 'unknown' }
end
redis.call('HSET', account, 'pending_email', email)
return { 'wanted' }
