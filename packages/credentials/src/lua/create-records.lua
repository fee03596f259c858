-- create-records: (none) -> active, each
-- Purpose   Writes the records of credentials, a grant's and its API keys', the first time that their login is redeemed, and
--           notes them in the indexes of their account; then tells whether the account is still in the epoch in which they
--           were granted. One step and one round trip for all of it.
-- KEYS      1.. records and indexes, then the account. On a Cluster, where each lies in a slot of its own, the script runs once for each.
-- ARGV      1.. for each key: 'record', ttl (ms), number of what follows, field, value, ...
--                        or: 'index', ttl (ms), max_members ('' for any number), score, member
--                        or: 'account', field of its epoch, epoch, required field ('' for none)
-- Returns   {'created' | 'exists' | 'ended' | 'indexed' | 'over <first member>' | 'stands', ...} in the order of the keys; 'ended' of a
--           record that has ended since, and of an account that is in another epoch
-- Invariant What was ended or revoked in the meantime is never brought back: its record still stands. Each key has a TTL; that of
--           an index gets no shorter, since records in it may stay for as long as it had.
local at = 1
local done = {}
for i, key in ipairs(KEYS) do
  local kind = ARGV[at]
  if kind == 'index' then
    local ttl, max_members, score, member = ARGV[at + 1], tonumber(ARGV[at + 2]), ARGV[at + 3], ARGV[at + 4]
    redis.call('ZADD', key, 'GT', score, member)
    if redis.call('PTTL', key) < tonumber(ttl) then
      redis.call('PEXPIRE', key, ttl)
    end
    done[i] = 'indexed'
    if max_members and redis.call('ZCARD', key) > max_members then
      done[i] = 'over ' .. redis.call('ZRANGE', key, 0, 0)[1]
    end
    at = at + 5
  elseif kind == 'account' then
    local epoch, required = ARGV[at + 2], ARGV[at + 3]
    local f = redis.call('HMGET', key, ARGV[at + 1], required)
    done[i] = f[1] == epoch and (required == '' or f[2]) and 'stands' or 'ended'
    at = at + 4
  else
    local ttl, count = ARGV[at + 1], tonumber(ARGV[at + 2])
    if redis.call('EXISTS', key) == 1 then
      done[i] = redis.call('HGET', key, 'state') == 'ended' and 'ended' or 'exists'
    else
      redis.call('HSET', key, 'state', 'active', unpack(ARGV, at + 3, at + 2 + count))
      redis.call('PEXPIRE', key, ttl)
      done[i] = 'created'
    end
    at = at + 3 + count
  end
end
return done
