-- use-account-link: an account with a one-time link -> without it
-- Purpose   Tells whether a link is good and to which address it was sent; or spends it, so that nobody else does.
-- KEYS      1 account
-- ARGV      1 field (of the purpose)  2 link_hash  3 spends ('1' to spend it)
-- Returns   {'good', address} | {'spent', address} | {'bad'}
-- Invariant A link is spent once, and never after its time.
local account = KEYS[1]
local field, link_hash, spends = ARGV[1], ARGV[2], ARGV[3]

local hash, ends, address = string.match(redis.call('HGET', account, field) or '', '^(%S+) (%d+) (.+)$')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if hash ~= link_hash or now >= tonumber(ends) then
  return { 'bad' }
end
if spends ~= '1' then
  return { 'good', address }
end
redis.call('HDEL', account, field)
return { 'spent', address }
