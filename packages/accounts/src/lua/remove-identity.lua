#!lua flags=allow-oom
-- remove-identity: an account's identity, written -> (none)
-- Purpose   Removes an identity, and tells what it was at that moment: its address is the one to be given up. Runs when Redis is full.
-- KEYS      1 account
-- ARGV      1 field
-- Returns   {'removed', identity (JSON)} | {'unknown'}
-- Invariant One remover alone is told of it.
local account, field = KEYS[1], ARGV[1]

local identity = redis.call('HGET', account, field)
if not identity then
  return { 'unknown' }
end
redis.call('HDEL', account, field)
return { 'removed', identity }
