-- take-over: an account whose address nobody proved -> its address's person's
-- Purpose   Gives an account to the person whose address it has: the address is proven, and what was granted and signed in before
--           ends, with second factors, what could be put back, a wanted change of address and the links that were sent. An account whose address is proven, or that is blocked,
--           is left alone.
-- KEYS      1 account
-- ARGV      1 email (as the account has it)  2 folded_email  3 first_name  4 last_name  5 providers (of that person)
-- Returns   {'taken', epoch} | {'refused'}
-- Invariant A proven address keeps its account. An epoch never comes back.
local account = KEYS[1]
local email, folded_email, first_name, last_name, providers = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local f = redis.call('HMGET', account, 'email', 'verified_email', 'blocked', 'epoch', 'sessions_epoch')
if f[1] ~= email or f[2] == folded_email or f[3] == '1' then
  return { 'refused' }
end
local time = redis.call('TIME')
local epoch = math.max(time[1] * 1000000 + time[2], (tonumber(f[4]) or 0) + 1, (tonumber(f[5]) or 0) + 1)
local name = string.format('%.0f', epoch)
redis.call('HSET', account, 'epoch', name, 'sessions_epoch', name, 'verified_email', folded_email)
redis.call('HSET', account, 'first_name', first_name, 'last_name', last_name, 'providers', providers)
redis.call('HDEL', account, 'pending_email', 'link:address', 'link:verify', 'factors', 'second_factor', 'undos')
return { 'taken', name }
