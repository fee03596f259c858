#!lua flags=allow-oom
-- mark-deletion: an account that is being deleted -> one of which that is noted
-- Purpose   Marks that the audit log was told of a deletion that is not over. Runs when Redis is full.
-- KEYS      1 account
-- ARGV      (none)
-- Returns   {'marked'} | {'gone'}
-- Invariant An account that is gone does not come back.
local account = KEYS[1]

if redis.call('HEXISTS', account, 'deleting') == 0 then
  return { 'gone' }
end
redis.call('HSET', account, 'deleting', 'noted')
return { 'marked' }
