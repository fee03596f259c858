#!lua flags=allow-oom
-- note: adds one event to the audit log
-- Purpose   An operator's command tells what it does. That has no share, and is noted when Redis is full, too: then accounts are still
--           blocked, and keys revoked. Drops nothing, since a tool need not know how much the log keeps: the services drop the oldest
--           with their next events.
-- KEYS      1 log (stream)
-- ARGV      1 event (JSON)
-- Returns   {'noted'}
-- Invariant The log is append-only.
local log, event = KEYS[1], ARGV[1]

redis.call('XADD', log, '*', 'event', event)
return { 'noted' }
