#!lua flags=allow-oom
-- begin-refresh: (none) -> pending, of a grant that stays active; or the end of the grant
-- Purpose   Notes that a refresh token was presented and that an api instance waits for the pair that follows it. The
--           same token presented again while that is made, or shortly after, joins the same request. An older token is a
--           copy: whoever holds it, the grant ends. (RFC 9700 §4.14.2)
-- KEYS      1 grant  2 mint
-- ARGV      1 jti  2 wrapped_key  3 secret_hash  4 instance  5 pending (ms)  6 params (JSON)  7 now (ms)
-- Returns   {'pending'} | {'settled', sealed} | {'reused', user_id} | {'ended'} | {'unknown'}
-- Invariant One presented token leads to at most one new pair. The request has a TTL from its first moment.
local grant, mint = KEYS[1], KEYS[2]
local jti, wrapped_key, secret_hash, instance, pending, params, now =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]

local g = redis.call('HMGET', grant, 'state', 'refresh_jti', 'user_id')
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
if g[2] ~= jti then
  redis.call('HSET', grant, 'state', 'ended', 'ended_reason', 'refresh_reused', 'ended_at', now)
  return { 'reused', g[3] }
end
if m[1] then
  local waiters = m[3]
  if not string.find(waiters, instance, 1, true) then
    redis.call('HSET', mint, 'waiters', waiters .. ',' .. instance)
  end
else
  redis.call('HSET', mint, 'state', 'pending', 'kind', 'refresh', 'wrapped_key', wrapped_key,
    'secret_hash', secret_hash, 'waiters', instance, 'params', params)
end
redis.call('PEXPIRE', mint, pending)
return { 'pending' }
