-- put-identity: an account's identity, (none) -> written, or written -> written anew
-- Purpose   Writes an identity into its account, where no other identity of the account has the name or the address.
-- KEYS      1 account
-- ARGV      1 field  2 identity (JSON)  3 name (folded)  4 email  5 mode ('create' | 'update')  6 max_identities
-- Returns   {'written'} | {'exists'} | {'unknown'} | {'name_taken'} | {'email_taken'} | {'too_many'}
-- Invariant Names and addresses are unique within an account; nothing is written into an account that is gone.
local account = KEYS[1]
local field, identity, name, email, mode, max_identities = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])

if redis.call('EXISTS', account) == 0 then
  return { 'unknown' }
end
local exists = redis.call('HEXISTS', account, field) == 1
if exists and mode == 'create' then
  return { 'exists' }
end
if not exists and mode == 'update' then
  return { 'unknown' }
end
local fields = redis.call('HGETALL', account)
local count = 0
for i = 1, #fields, 2 do
  if string.sub(fields[i], 1, 9) == 'identity:' and fields[i] ~= field then
    local other = cjson.decode(fields[i + 1])
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
