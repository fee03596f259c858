-- withdraw-mint: pending -> (none)
-- Purpose   Takes back a mint request that nobody served in time, so that it is not served when nobody waits any more.
-- KEYS      1 mint
-- ARGV      (none)
-- Returns   {'withdrawn'} | {'settled', sealed}
-- Invariant A request that is settled stays: its answer must be given, for the grant has moved on.
local mint = KEYS[1]

local m = redis.call('HMGET', mint, 'state', 'sealed')
if m[1] == 'settled' then
  return { 'settled', m[2] }
end
redis.call('DEL', mint)
return { 'withdrawn' }
