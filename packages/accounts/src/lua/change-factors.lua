-- change-factors: what an account has besides its password, one state -> another
-- Purpose   Writes the factors of an account, where they still are those on which the change was decided.
-- KEYS      1 account
-- ARGV      1 former ('' for none)  2 next_state ('' for none)  3 second_factor ('1' if a sign-in takes one then, else '')
--           4 sessions_epoch ('' for any)  5 ends_sessions ('1' to begin another epoch of sessions, else '')
-- Returns   {'changed', epoch ('' where none began)} | {'changed_meanwhile'} | {'unknown'}: no such account, or its sessions are of
--           another epoch
-- Invariant Of two changes that were decided on the same state, one is written: a code, or the count of a passkey, is spent once. What
--           ends sessions does so in the same step.
local account, former, next_state, second_factor, sessions_epoch = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local ends_sessions = ARGV[5]

local f = redis.call('HMGET', account, 'email', 'factors', 'sessions_epoch')
if not f[1] or (sessions_epoch ~= '' and f[3] ~= sessions_epoch) then
  return { 'unknown' }
end
if (f[2] or '') ~= former then
  return { 'changed_meanwhile' }
end
if next_state == '' then
  redis.call('HDEL', account, 'factors')
else
  redis.call('HSET', account, 'factors', next_state)
end
if second_factor == '' then
  redis.call('HDEL', account, 'second_factor')
else
  redis.call('HSET', account, 'second_factor', second_factor)
end
if ends_sessions ~= '1' then
  return { 'changed', '' }
end
local time = redis.call('TIME')
local epoch = math.max(time[1] * 1000000 + time[2], (tonumber(f[3]) or 0) + 1)
local name = string.format('%.0f', epoch)
redis.call('HSET', account, 'sessions_epoch', name)
return { 'changed', name }
