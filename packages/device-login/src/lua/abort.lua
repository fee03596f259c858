#!lua flags=allow-oom
-- abort: approved -> aborted
-- Purpose   Ends an approved login for which no result can ever be sealed: the account is gone, or SECRET was replaced.
-- KEYS      1 login
-- ARGV      (none)
-- Returns   {'aborted', waiter, watchers} | {'refused'}
--           waiter: the instance of a request that waits, or ''; watchers: those of the approver's pages
-- Invariant An issued result is never taken back. Nobody is told that a human denied it.
local login = KEYS[1]

local f = redis.call('HMGET', login, 'state', 'waiter', 'watchers')
if f[1] ~= 'approved' then
  return { 'refused' }
end
redis.call('HSET', login, 'state', 'aborted')
redis.call('HDEL', login, 'wrapped_key')
return { 'aborted', f[2] or '', f[3] or '' }
