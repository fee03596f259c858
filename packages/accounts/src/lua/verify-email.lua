-- verify-email: an address that was given -> known to be the person's
-- Purpose   Notes that the address of an account is its person's, where the account still has it.
-- KEYS      1 account
-- ARGV      1 email (as the account has it)  2 folded_email
-- Returns   {'verified'} | {'not_its'}
-- Invariant Only the address that the account has counts as verified.
local account, email, folded_email = KEYS[1], ARGV[1], ARGV[2]

if redis.call('HGET', account, 'email') ~= email then
  return { 'not_its' }
end
redis.call('HSET', account, 'verified_email', folded_email)
return { 'verified' }
