-- change-field: a field of an account, one state -> another
-- Purpose   Writes a field of an account, with others that follow from it, where it is still the one on which the change was decided.
-- KEYS      1 account
-- ARGV      1 field  2 former ('' for none)  3 sessions_epoch ('' for any)
--           4 ends_sessions ('1' to begin another epoch of sessions, else '')
--           5.. fields and what each holds then ('' for none)
-- Returns   {'changed', epoch ('' where none began)} | {'changed_meanwhile'} | {'unknown'}: no such account, or its sessions are of
--           another epoch
-- Invariant Of two changes that were decided on the same state, one is written: a code, or the count of a passkey, is spent once; two
--           links that are removed at once leave one way in. What ends sessions does so in the same step.
local account, field, former, sessions_epoch, ends_sessions = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local f = redis.call('HMGET', account, 'email', field, 'sessions_epoch')
if not f[1] or (sessions_epoch ~= '' and f[3] ~= sessions_epoch) then
  return { 'unknown' }
end
if (f[2] or '') ~= former then
  return { 'changed_meanwhile' }
end
for at = 5, #ARGV, 2 do
  if ARGV[at + 1] == '' then
    redis.call('HDEL', account, ARGV[at])
  else
    redis.call('HSET', account, ARGV[at], ARGV[at + 1])
  end
end
if ends_sessions ~= '1' then
  return { 'changed', '' }
end
local time = redis.call('TIME')
local epoch = math.max(time[1] * 1000000 + time[2], (tonumber(f[3]) or 0) + 1)
local name = string.format('%.0f', epoch)
redis.call('HSET', account, 'sessions_epoch', name)
return { 'changed', name }
