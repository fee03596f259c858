#!lua flags=allow-oom
-- publish-keys: what an issuer holds -> published, and the one with which it signs
-- Purpose   An issuer says which signing keys it holds, and learns which of them to use. A key is published by this step
--           before the issuer can sign with it. The first key ever seen becomes the active one.
--           Runs when Redis is full, so that an issuer starts then; a key takes a few hundred bytes, once.
-- KEYS      1 jwks
-- ARGV      1 now (ms)  2.. kid, JWK, for each key that the issuer holds
-- Returns   {signing kid, active kid}; the first is '' when every key that it holds is retired
-- Invariant A key that was retired never signs again, and once it is left out it never comes back.
local jwks, now = KEYS[1], ARGV[1]

local active = redis.call('HGET', jwks, 'active')
local signing
for i = 2, #ARGV, 2 do
  local kid, jwk = ARGV[i], ARGV[i + 1]
  local retire_at = redis.call('HGET', jwks, kid .. ':retire_at')
  if not retire_at then
    active = active or kid
    if kid == active or not signing then
      signing = kid
    end
  end
  if not retire_at or tonumber(retire_at) > tonumber(now) then
    redis.call('HSETNX', jwks, kid .. ':published_at', now)
    redis.call('HSET', jwks, kid, jwk, kid .. ':held_at', now)
  end
end
if signing then
  redis.call('HSET', jwks, 'active', active, signing .. ':signed_at', now)
end
return { signing or '', active or '' }
