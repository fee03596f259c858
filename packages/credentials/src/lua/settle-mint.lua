-- settle-mint: pending -> settled
-- Purpose   Stores the sealed answer of a mint request that moves no grant on, such as a new API key.
-- KEYS      1 mint
-- ARGV      1 sealed  2 keep (ms)
-- Returns   {'settled', waiters} | {'settled_before', waiters} | {'refused'}
-- Invariant A request that was withdrawn, or that ran out, changes nothing.
local mint = KEYS[1]
local sealed, keep = ARGV[1], ARGV[2]

local m = redis.call('HMGET', mint, 'state', 'waiters')
if m[1] == 'settled' then
  return { 'settled_before', m[2] }
end
if m[1] ~= 'pending' then
  return { 'refused' }
end
redis.call('HSET', mint, 'state', 'settled', 'sealed', sealed)
redis.call('HDEL', mint, 'wrapped_key')
redis.call('PEXPIRE', mint, keep)
return { 'settled', m[2] }
