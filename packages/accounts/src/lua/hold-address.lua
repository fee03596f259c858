-- hold-address: free or given up -> held by an account
-- Purpose   Takes an identity's address for an account, also one that the account gave up before.
-- KEYS      1 address
-- ARGV      1 user_id
-- Returns   {'reserved'} | {'held'} (the account had it before) | {'taken'}
-- Invariant One account per address, for as long as it uses it.
local address, user_id = KEYS[1], ARGV[1]

local owner = redis.call('GET', address)
if owner and owner ~= user_id then
  return { 'taken' }
end
if owner then
  redis.call('PERSIST', address)
  return { 'held' }
end
redis.call('SET', address, user_id)
return { 'reserved' }
