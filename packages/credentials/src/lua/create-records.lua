-- create-records: (none) -> active, each
-- Purpose   Writes the records of credentials, a grant's and its API keys', the first time that their login is redeemed, and
--           notes them in the indexes of their account; then tells whether their approval still stands. One step and one
--           round trip for all of it.
-- KEYS      1.. records and indexes, then accounts. On a Cluster, where each lies in a slot of its own, the script runs once for each.
-- ARGV      1.. for each key: 'record', expires_at (ms; '' for never), number of what follows, field, value, ...
--                        or: 'index', number of what follows, score, member, ...
--                        or: 'approval', approved_at (ms), field with the time when all was ended, required field ('' for none)
-- Returns   {'created' | 'exists' | 'indexed' | 'stands' | 'ended', ...} in the order of the keys
-- Invariant What was ended or revoked in the meantime is never brought back: its record still stands.
local at = 1
local done = {}
for i, key in ipairs(KEYS) do
  if ARGV[at] == 'index' then
    local count = tonumber(ARGV[at + 1])
    redis.call('ZADD', key, unpack(ARGV, at + 2, at + 1 + count))
    done[i] = 'indexed'
    at = at + 2 + count
  elseif ARGV[at] == 'approval' then
    local approved_at, required = tonumber(ARGV[at + 1]), ARGV[at + 3]
    local f = redis.call('HMGET', key, ARGV[at + 2], required)
    done[i] = approved_at > (tonumber(f[1]) or 0) and (required == '' or f[2]) and 'stands' or 'ended'
    at = at + 4
  else
    local expires_at, count = ARGV[at + 1], tonumber(ARGV[at + 2])
    if redis.call('EXISTS', key) == 1 then
      done[i] = 'exists'
    else
      redis.call('HSET', key, 'state', 'active', unpack(ARGV, at + 3, at + 2 + count))
      if expires_at ~= '' then
        redis.call('PEXPIREAT', key, expires_at)
      end
      done[i] = 'created'
    end
    at = at + 3 + count
  end
end
return done
