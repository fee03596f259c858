-- change-providers: who signs in to an account through providers, one state -> another
-- Purpose   Writes the provider links of an account, where they still are those on which the change was decided.
-- KEYS      1 account
-- ARGV      1 former ('' for none)  2 next_state ('' for none)  3 sessions_epoch ('' for any)
-- Returns   {'changed'} | {'changed_meanwhile'} | {'unknown'}: no such account, or its sessions are of another epoch
-- Invariant Of two changes that were decided on the same state, one is written: two that go at once leave one way in.
local account, former, next_state, sessions_epoch = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

local f = redis.call('HMGET', account, 'email', 'providers', 'sessions_epoch')
if not f[1] or (sessions_epoch ~= '' and f[3] ~= sessions_epoch) then
  return { 'unknown' }
end
if (f[2] or '') ~= former then
  return { 'changed_meanwhile' }
end
if next_state == '' then
  redis.call('HDEL', account, 'providers')
else
  redis.call('HSET', account, 'providers', next_state)
end
return { 'changed' }
