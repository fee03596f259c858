-- claim-email: (none) -> an account's second address, for the moment in which it moves there
-- Purpose   Takes an address for an account that has another one, with the password that it has there until `carry-password`, and notes the
--           link by which it moves: where nobody finishes the move, that tells when the address is free. Where the account has the
--           address for good, it stays: a twin of this move may have finished.
-- KEYS      1 record (of a sign-in)
-- ARGV      1 user_id  2 password_hash  3 by_link (SHA-256 of the link)
-- Returns   {'claimed'} | {'taken'}
-- Invariant One account per address.
local record, user_id, password_hash, by_link = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

local f = redis.call('HMGET', record, 'user_id', 'claimed_by')
if f[1] and f[1] ~= user_id then
  return { 'taken' }
end
if not f[1] then
  redis.call('HSET', record, 'user_id', user_id, 'password_hash', password_hash, 'claimed_hash', password_hash)
  redis.call('HSET', record, 'claimed_by', by_link)
elseif f[2] then
  redis.call('HSET', record, 'claimed_by', by_link)
end
return { 'claimed' }
