-- create-record: (none) -> active
-- Purpose   Writes the record of a credential, a grant's or an API key's, the first time that its login is redeemed.
-- KEYS      1 record
-- ARGV      1 expires_at (ms; '' for never)  2.. field, value, ...
-- Returns   {'created'} | {'exists'}
-- Invariant What was ended or revoked in the meantime is never brought back: its record still stands.
local record = KEYS[1]
local expires_at = ARGV[1]

if redis.call('EXISTS', record) == 1 then
  return { 'exists' }
end
redis.call('HSET', record, 'state', 'active', unpack(ARGV, 2))
if expires_at ~= '' then
  redis.call('PEXPIREAT', record, expires_at)
end
return { 'created' }
