-- approve: pending -> approved
-- Purpose   Notes that a signed-in human approved the login, for which identity, and how far and long its keys reach.
-- KEYS      1 login
-- ARGV      1 user_id  2 identity_uuid ('' for none)  3 key_scope ('account' | 'identity')
--           4 key_ttl_seconds ('' for no expiry)  5 language (of the human, '' if unknown)
--           6 account_epoch (in which the human's account was when this approval began)  7 newest_format (that this release reads)
-- Returns   {'approved', started_at} | {'approved_before', started_at} (same human) | {'decided', 'approved' | 'denied'}
--           {'identity_only'} | {'expired'} | {'unknown'} | {'newer', format}
-- Invariant A decision is never changed: the loser of a race learns the true state. A client that may have one identity only
--           never gets the account.
local login = KEYS[1]
local user_id, identity_uuid, key_scope, key_ttl_seconds, language, account_epoch =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local newest_format = tonumber(ARGV[7])

local f = redis.call('HMGET', login, 'state', 'expires_at', 'user_id', 'started_at', 'scope', 'v')
local function asks_for(word)
  return string.find(' ' .. (f[5] or '') .. ' ', ' ' .. word .. ' ', 1, true)
end
local state = f[1]
if not state then
  return { 'unknown' }
end
if tonumber(f[6] or 1) > newest_format then
  return { 'newer', f[6] }
end
if state == 'pending' then
  local time = redis.call('TIME')
  if time[1] * 1000 + math.floor(time[2] / 1000) >= tonumber(f[2]) then
    return { 'expired' }
  end
  if key_scope ~= 'identity' and asks_for('identity') and not asks_for('account') then
    return { 'identity_only' }
  end
  redis.call('HSET', login, 'state', 'approved', 'user_id', user_id, 'identity_uuid', identity_uuid,
    'key_scope', key_scope, 'key_ttl', key_ttl_seconds, 'language', language, 'account_epoch', account_epoch,
    'approved_at', string.format('%.0f', time[1] * 1000000 + time[2]))
  return { 'approved', f[4] }
end
if state == 'denied' then
  return { 'decided', 'denied' }
end
if state == 'aborted' or f[3] ~= user_id then
  return { 'decided', 'approved' }
end
return { 'approved_before', f[4] }
