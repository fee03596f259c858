#!lua flags=allow-oom
-- begin-epoch: an account in one epoch -> in the next
-- Purpose   Ends at once all that belongs to an epoch of an account: what it granted, its browser sessions, or both. Nothing of
--           that is touched: every look-up of one of them looks up the account too. An account that is blocked cannot move to the
--           address that was wanted before. Runs when Redis is full.
-- KEYS      1 account
-- ARGV      1 blocked ('1' to block the account with it, 'deleting' to block it for its deletion, '0' to unblock it, '' to leave that)
--           2 sessions_epoch (in which the sessions still are, '' for any)  3.. fields of the epochs that end
-- Returns   {'began', epoch, former epoch of the first field} | {'unknown'}: no such account, or its sessions are of another epoch
-- Invariant An epoch never comes back: it is the time of Redis's clock in microseconds, and later than the one before.
local account, blocked, sessions_epoch = KEYS[1], ARGV[1], ARGV[2]

local f = redis.call('HMGET', account, 'email', 'sessions_epoch')
if not f[1] or (sessions_epoch ~= '' and f[2] ~= sessions_epoch) then
  return { 'unknown' }
end
local time = redis.call('TIME')
local epoch = time[1] * 1000000 + time[2]
local former = redis.call('HMGET', account, unpack(ARGV, 3))
for _, before in ipairs(former) do
  epoch = math.max(epoch, (tonumber(before) or 0) + 1)
end
local name = string.format('%.0f', epoch)
for at = 3, #ARGV do
  redis.call('HSET', account, ARGV[at], name)
end
if blocked == 'deleting' then
  redis.call('HSET', account, 'blocked', '1', 'deleting', '1')
elseif blocked ~= '' then
  redis.call('HSET', account, 'blocked', blocked)
end
if blocked == '0' then
  redis.call('HDEL', account, 'deleting')
elseif blocked ~= '' then
  redis.call('HDEL', account, 'pending_email', 'link:address')
end
return { 'began', name, former[1] or '' }
