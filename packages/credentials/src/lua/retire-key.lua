#!lua flags=allow-oom
-- retire-key: a key that is not active -> one that never signs again, published until its last token has expired
-- Purpose   Ends a signing key: when its last token has expired, or at once when it leaked. Runs when Redis is full.
-- KEYS      1 jwks
-- ARGV      1 kid  2 now (ms)  3 lifetime (ms of the last token that it signed; 0: all its tokens end now)
--           4 signs_within (ms since an issuer last said that it signs with it, for which it counts as in use; 0: it does not count)
-- Returns   {'retired', when it stops being published (ms)} | {'active'} | {'in_use'} | {'unknown'}
-- Invariant The end of a key is never put off by asking again.
local jwks, kid, now = KEYS[1], ARGV[1], tonumber(ARGV[2])
local lifetime, signs_within = tonumber(ARGV[3]), tonumber(ARGV[4])

if redis.call('HGET', jwks, 'active') == kid then
  return { 'active' }
end
local k = redis.call('HMGET', jwks, kid .. ':published_at', kid .. ':signed_at', kid .. ':retire_at')
if not k[1] then
  return { 'unknown' }
end
if not k[3] and k[2] and now - tonumber(k[2]) < signs_within then
  return { 'in_use' }
end
local last_token = k[2] and tonumber(k[2]) + lifetime or now
local at = lifetime == 0 and now or math.max(now, last_token)
at = string.format('%.0f', math.min(at, tonumber(k[3] or at)))
redis.call('HSET', jwks, kid .. ':retire_at', at)
return { 'retired', at }
