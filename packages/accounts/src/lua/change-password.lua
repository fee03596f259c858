-- change-password: known by one password -> known by another
-- Purpose   Replaces the hash of a password, where it is still the one that was checked. A one-time link that was open is over.
-- KEYS      1 record (of a sign-in)
-- ARGV      1 checked_hash  2 new_hash
-- Returns   {'changed'} | {'changed_meanwhile'}
-- Invariant Of two changes that began from the same password, one counts; an account without one gets none. At an address
--           that the account left, nothing changes.
local record = KEYS[1]
local checked_hash, new_hash = ARGV[1], ARGV[2]

local f = redis.call('HMGET', record, 'password_hash', 'left')
if checked_hash == '' or f[1] ~= checked_hash or f[2] then
  return { 'changed_meanwhile' }
end
redis.call('HSET', record, 'password_hash', new_hash)
redis.call('HDEL', record, 'link_hash', 'link_until', 'link_by')
return { 'changed' }
