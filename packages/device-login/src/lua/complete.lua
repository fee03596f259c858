#!lua flags=allow-oom
-- complete: issued -> redeemed
-- Purpose   The answer has been written: deletes the result and keeps a tombstone until the login's TTL ends.
-- KEYS      1 login
-- ARGV      1 lease
-- Returns   {'redeemed', waiter, watchers} | {'lost'} (the lease had lapsed and another request took over)
--           waiter: the instance of another request that still waits, or ''; watchers: those of the approver's pages
-- Invariant Only the request that holds the lease completes.
local login = KEYS[1]
local lease = ARGV[1]

local f = redis.call('HMGET', login, 'state', 'lease', 'waiter', 'watchers')
if f[1] ~= 'issued' or f[2] ~= lease then
  return { 'lost' }
end
redis.call('HSET', login, 'state', 'redeemed')
redis.call('HDEL', login, 'sealed', 'lease', 'leased_until', 'waiter', 'watchers')
return { 'redeemed', f[3] or '', f[4] or '' }
