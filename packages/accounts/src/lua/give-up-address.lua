-- give-up-address: held by an account -> given up, or given up -> free
-- Purpose   An identity does not use its address any more: nobody else gets it for a while, so that mail for it does not go astray.
-- KEYS      1 address
-- ARGV      1 user_id  2 kept_back_ms ( '' to free it now, unless it is in use again)
-- Returns   {'given_up'} | {'not_its'}
-- Invariant The address of another account is left alone.
local address, user_id, kept_back_ms = KEYS[1], ARGV[1], ARGV[2]

if redis.call('GET', address) ~= user_id then
  return { 'not_its' }
end
if kept_back_ms ~= '' then
  redis.call('PEXPIRE', address, kept_back_ms)
elseif redis.call('PTTL', address) >= 0 then
  redis.call('DEL', address)
end
return { 'given_up' }
