-- note-use: active -> active
-- Purpose   Notes when a credential was last used, and sets how long its record stays from now.
-- KEYS      1 record
-- ARGV      1 used_at (ms; '' where only something that descends from it was used)  2 ttl (ms)
-- Returns   {'first'} | {'again'} | {'gone'}
-- Invariant A record that is gone or ended stays so.
local record = KEYS[1]
local used_at, ttl = ARGV[1], ARGV[2]

local f = redis.call('HMGET', record, 'state', 'last_used_at')
if f[1] ~= 'active' then
  return { 'gone' }
end
if used_at ~= '' then
  redis.call('HSET', record, 'last_used_at', used_at)
end
-- Never less than it has: a refresh at the same moment may have given it more.
if redis.call('PTTL', record) < tonumber(ttl) then
  redis.call('PEXPIRE', record, ttl)
end
return { f[2] and 'again' or 'first' }
