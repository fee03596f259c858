#!lua flags=allow-oom
-- retire-key: a key that is not active -> one that never signs again, published until its last token has expired
-- Purpose   Ends a signing key: when its last token has expired, or at once when it leaked. Runs when Redis is full.
-- KEYS      1 jwks
-- ARGV      1 kid  2 now (ms)  3 lifetime (ms of the last token that it signed; 0: all its tokens end now)
-- Returns   {'retired', when it stops being published (ms)} | {'active'} | {'unknown'}
-- Invariant The end of a key is never put off by asking again.
local jwks, kid, now, lifetime = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

if redis.call('HGET', jwks, 'active') == kid then
  return { 'active' }
end
local k = redis.call('HMGET', jwks, kid .. ':published_at', kid .. ':signed_at', kid .. ':retire_at')
if not k[1] then
  return { 'unknown' }
end
local last_token = k[2] and tonumber(k[2]) + lifetime or now
local at = lifetime == 0 and now or math.max(now, last_token)
at = string.format('%.0f', math.min(at, tonumber(k[3] or at)))
redis.call('HSET', jwks, kid .. ':retire_at', at)
return { 'retired', at }
