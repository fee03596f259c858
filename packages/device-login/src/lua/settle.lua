-- settle: approved -> issued
-- Purpose   Stores the sealed result and forgets the wrapped key: from here on only the device_code opens the result.
-- KEYS      1 login
-- ARGV      1 sealed  2 login_id  3 channel ('%s' stands for the instance; '' to leave the wake-up to the caller)
-- Returns   {'issued', waiter} | {'issued_before', waiter} | {'refused'}
--           waiter: the instance that is still to be woken, or ''. With a channel it is woken here: one command and one round
--           trip less. Not on a Cluster, where the channel lives on a shard of its own.
-- Invariant Settles once: a job that runs again changes nothing. Nothing is issued without an approval.
local login = KEYS[1]
local sealed, login_id, channel = ARGV[1], ARGV[2], ARGV[3]

local f = redis.call('HMGET', login, 'state', 'waiter')
local state, waiter = f[1], f[2] or ''
if state ~= 'approved' and state ~= 'issued' and state ~= 'redeemed' then
  return { 'refused' }
end
if state == 'approved' then
  redis.call('HSET', login, 'state', 'issued', 'sealed', sealed)
  redis.call('HDEL', login, 'wrapped_key')
end
if waiter ~= '' and channel ~= '' then
  redis.call('PUBLISH', string.format(channel, waiter), login_id)
  waiter = ''
end
return { state == 'approved' and 'issued' or 'issued_before', waiter }
