-- put-identity: an account's identity, (none) -> written, or written -> written anew
-- Purpose   Writes an identity into its account, where no other identity of the account has the name or the address.
-- KEYS      1 account
-- ARGV      1 field  2 identity (JSON)  3 name (folded)  4 email  5 mode ('create' | 'update')  6 max_identities
--           7 former (the identity that is changed, as it was read; '' for a new one)
-- Returns   {'written'} | {'exists'} | {'unknown'} | {'changed'} | {'name_taken'} | {'email_taken'} | {'too_many'}
-- Invariant Names and addresses are unique within an account; nothing is written into an account that is gone, nor over a change
--           that came meanwhile.
local account = KEYS[1]
local field, identity, name, email, mode, max_identities = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
local former = ARGV[7]

if redis.call('EXISTS', account) == 0 then
  return { 'unknown' }
end
local current = redis.call('HGET', account, field)
if current and mode == 'create' then
  return { 'exists' }
end
if not current and mode == 'update' then
  return { 'unknown' }
end
if mode == 'update' and current ~= former then
  return { 'changed' }
end
local fields = redis.call('HGETALL', account)
local count = 0
for i = 1, #fields, 2 do
  if string.sub(fields[i], 1, 9) == 'identity:' and fields[i] ~= field then
    -- One of an older release, whose name has half a character, cannot be read: nothing else has its name.
    local readable, other = pcall(cjson.decode, fields[i + 1])
    other = readable and other or { foldedName = '' }
    count = count + 1
    if (other.foldedName or string.lower(other.name)) == name then
      return { 'name_taken' }
    end
    if other.email == email then
      return { 'email_taken' }
    end
  end
end
if mode == 'create' and count >= max_identities then
  return { 'too_many' }
end
redis.call('HSET', account, field, identity)
return { 'written' }
