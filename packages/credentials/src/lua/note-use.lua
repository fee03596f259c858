-- note-use: active -> active
-- Purpose   Notes when a credential was last used.
-- KEYS      1 record
-- ARGV      1 used_at (ms)
-- Returns   {'first'} | {'again'} | {'gone'}
-- Invariant A record that is gone or ended stays so.
local record = KEYS[1]
local used_at = ARGV[1]

local f = redis.call('HMGET', record, 'state', 'last_used_at')
if f[1] ~= 'active' then
  return { 'gone' }
end
redis.call('HSET', record, 'last_used_at', used_at)
return { f[2] and 'again' or 'first' }
