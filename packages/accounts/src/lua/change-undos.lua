-- change-undos: how an account signed in before its latest changes, one state -> another
-- Purpose   Writes what a person can put back, where it still is that on which the change was decided.
-- KEYS      1 account
-- ARGV      1 former ('' for none)  2 next_state  3 sessions_epoch ('' for any)
-- Returns   {'changed'} | {'changed_meanwhile'} | {'unknown'}: no such account, or its sessions are of another epoch
-- Invariant Of two changes that were decided on the same state, one is written. An account that is gone does not come back.
local account, former, next_state, sessions_epoch = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

local f = redis.call('HMGET', account, 'email', 'undos', 'sessions_epoch')
if not f[1] or (sessions_epoch ~= '' and f[3] ~= sessions_epoch) then
  return { 'unknown' }
end
if (f[2] or '') ~= former then
  return { 'changed_meanwhile' }
end
redis.call('HSET', account, 'undos', next_state)
return { 'changed' }
