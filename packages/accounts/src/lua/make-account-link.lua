-- make-account-link: an account -> that, with a one-time link for a while
-- Purpose   Notes the hash of a link that was sent by e-mail, and to which address. A newer one of its purpose takes its place.
-- KEYS      1 account
-- ARGV      1 field (of the purpose)  2 link_hash  3 ttl (ms)  4 address
-- Returns   {'made'} | {'unknown'}
-- Invariant One link of each purpose at a time.
local account = KEYS[1]
local field, link_hash, ttl, address = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]

if redis.call('HEXISTS', account, 'email') == 0 then
  return { 'unknown' }
end
local time = redis.call('TIME')
local ends = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) + ttl)
redis.call('HSET', account, field, link_hash .. ' ' .. ends .. ' ' .. address)
return { 'made' }
