#!lua flags=allow-oom
-- begin-refresh: (none) -> pending, of a grant that stays active; or the end of the grant
-- Purpose   Notes that a refresh token was presented and that an api instance waits for the pair that follows it. The
--           same token presented again while that is made, or shortly after, joins the same request. An older token is a
--           copy: whoever holds it, the grant ends. (RFC 9700 §4.14.2) A token that is newer than the record proves that Redis
--           lost a write: it counts, and the record moves on to it.
-- KEYS      1 grant  2 mint
-- ARGV      1 jti  2 seq  3 wrapped_key  4 secret_hash  5 instance  6 pending (ms)  7 params (JSON)  8 keep (ms, an ended grant)
-- Returns   {'pending'} | {'settled', sealed} | {'reused', user_id} | {'ended'} | {'unknown'}
-- Invariant One presented token leads to at most one new pair. The request has a TTL from its first moment.
local grant, mint = KEYS[1], KEYS[2]
local jti, seq, wrapped_key, secret_hash, instance, pending, params, keep =
  ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]

local function now_ms()
  local time = redis.call('TIME')
  return string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
end

local g = redis.call('HMGET', grant, 'state', 'refresh_jti', 'user_id', 'refresh_seq')
if not g[1] then
  return { 'unknown' }
end
if g[1] ~= 'active' then
  return { 'ended' }
end
local m = redis.call('HMGET', mint, 'state', 'sealed', 'waiters')
if m[1] == 'settled' then
  return { 'settled', m[2] }
end
if seq > tonumber(g[4]) then
  redis.call('HSET', grant, 'refresh_jti', jti, 'refresh_seq', ARGV[2])
elseif g[2] ~= jti then
  redis.call('HSET', grant, 'state', 'ended', 'ended_reason', 'refresh_reused', 'ended_at', now_ms())
  redis.call('PEXPIRE', grant, keep)
  return { 'reused', g[3] }
end
if m[1] then
  local waiters = m[3]
  if not string.find(waiters, instance, 1, true) then
    redis.call('HSET', mint, 'waiters', waiters .. ',' .. instance)
  end
else
  redis.call('HSET', mint, 'state', 'pending', 'kind', 'refresh', 'wrapped_key', wrapped_key,
    'secret_hash', secret_hash, 'waiters', instance, 'params', params, 'asked_at', now_ms())
end
redis.call('PEXPIRE', mint, pending)
return { 'pending' }
