-- move-to-email: an account of one address -> of another, which is proven
-- Purpose   Spends the link that was sent to the new address, and gives the account that address, in one step.
-- KEYS      1 account
-- ARGV      1 field (of the purpose)  2 link_hash  3 former (email as the account has it)  4 folded_email (the new one, folded)
--           5 moved_from (the former address if its record is to be given up, else '')
-- Returns   {'moved', email} | {'bad'}
-- Invariant A link moves an account once, never after its time, and only to the address to which it was sent and that is still wanted.
local account = KEYS[1]
local field, link_hash, former, folded_email, moved_from = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local hash, ends, address = string.match(redis.call('HGET', account, field) or '', '^(%S+) (%d+) (.+)$')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local f = redis.call('HMGET', account, 'email', 'pending_email')
if hash ~= link_hash or now >= tonumber(ends) or f[1] ~= former or f[2] ~= address then
  return { 'bad' }
end
redis.call('HDEL', account, field, 'pending_email')
redis.call('HSET', account, 'email', address, 'verified_email', folded_email)
if moved_from ~= '' then
  redis.call('HSET', account, 'moved_from', moved_from)
end
return { 'moved', address }
