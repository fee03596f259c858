#!lua flags=allow-oom
-- activate-key: a published key -> the active one
-- Purpose   Chooses the key with which issuers sign from now on, if everybody who verifies has had time to learn it. Runs when Redis is
--           full: a key that leaked can be replaced then, too.
-- KEYS      1 jwks
-- ARGV      1 kid  2 now (ms)  3 lead (ms for which it must have been published)
--           4 held_within (ms since an issuer last held it, at most)
-- Returns   {'activated'} | {'too_fresh', ms to wait} | {'not_held'} | {'retired'} | {'unknown'}
-- Invariant The active key is published, held by an issuer, and not retired.
local jwks, kid = KEYS[1], ARGV[1]
local now, lead, held_within = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local k = redis.call('HMGET', jwks, kid .. ':published_at', kid .. ':held_at', kid .. ':retire_at')
if k[3] then
  return { 'retired' }
end
if not k[1] then
  return { 'unknown' }
end
if now - tonumber(k[2]) > held_within then
  return { 'not_held' }
end
local wait = tonumber(k[1]) + lead - now
if wait > 0 then
  return { 'too_fresh', tostring(wait) }
end
redis.call('HSET', jwks, 'active', kid)
return { 'activated' }
