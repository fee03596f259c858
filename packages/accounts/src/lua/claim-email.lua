-- claim-email: (none) -> an account's second address, for the moment in which it moves there
-- Purpose   Takes an address for an account that has another one, with the way in which it signs in. Where the account has it already,
--           nothing changes: a twin of this move may have finished.
-- KEYS      1 record (of a sign-in)
-- ARGV      1 user_id  2 password_hash
-- Returns   {'claimed'} | {'taken'}
-- Invariant One account per address.
local record, user_id, password_hash = KEYS[1], ARGV[1], ARGV[2]

local owner = redis.call('HGET', record, 'user_id')
if owner and owner ~= user_id then
  return { 'taken' }
end
if not owner then
  redis.call('HSET', record, 'user_id', user_id, 'password_hash', password_hash)
end
return { 'claimed' }
