#!lua flags=allow-oom
-- withdraw: approved -> denied
-- Purpose   Ends an approval that nobody issued, because its account has since ended all that it granted.
-- KEYS      1 login
-- ARGV      1 account_epoch (of the approval)
-- Returns   {'withdrawn', waiter, watchers} | {'refused'}
--           waiter: the instance of a request that waits, or ''; watchers: those of the approver's pages
-- Invariant An issued result is never taken back here: its delivery looks at the account. No other approval is ended.
local login, account_epoch = KEYS[1], ARGV[1]

local f = redis.call('HMGET', login, 'state', 'waiter', 'account_epoch', 'watchers')
if f[1] ~= 'approved' or f[3] ~= account_epoch then
  return { 'refused' }
end
redis.call('HSET', login, 'state', 'denied')
redis.call('HDEL', login, 'wrapped_key')
return { 'withdrawn', f[2] or '', f[4] or '' }
