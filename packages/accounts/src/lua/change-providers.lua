-- change-providers: who signs in to an account through providers, one state -> another
-- Purpose   Writes the provider links of an account, where they still are those on which the change was decided.
-- KEYS      1 account
-- ARGV      1 former ('' for none)  2 next_state ('' for none)
-- Returns   {'changed'} | {'changed_meanwhile'} | {'unknown'}
-- Invariant Of two changes that were decided on the same state, one is written: two that go at once leave one way in.
local account, former, next_state = KEYS[1], ARGV[1], ARGV[2]

local f = redis.call('HMGET', account, 'email', 'providers')
if not f[1] then
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
