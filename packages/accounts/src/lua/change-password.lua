-- change-password: known by one password -> known by another
-- Purpose   Replaces the hash of a password, where it is still the one that was checked. A one-time link that was open is over.
-- KEYS      1 record (of a sign-in)
-- ARGV      1 checked_hash  2 new_hash
-- Returns   {'changed'} | {'changed_meanwhile'}
-- Invariant Of two changes that began from the same password, one counts; an account without one gets none.
local record = KEYS[1]
local checked_hash, new_hash = ARGV[1], ARGV[2]

if checked_hash == '' or redis.call('HGET', record, 'password_hash') ~= checked_hash then
  return { 'changed_meanwhile' }
end
redis.call('HSET', record, 'password_hash', new_hash)
redis.call('HDEL', record, 'link_hash', 'link_until', 'link_by')
return { 'changed' }
