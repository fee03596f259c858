#!lua flags=allow-oom
-- mark: (none) -> marked, for a second
-- Purpose   Writes something behind all that this server has written so far: a replica that has the mark has all of that. A repeated
--           end, which changes nothing, can be waited for too. Runs when Redis is full.
-- KEYS      1 mark
-- ARGV      (none)
-- Returns   {'marked'}
-- Invariant The mark has a TTL.
local mark = KEYS[1]

redis.call('SET', mark, '', 'PX', 1000)
return { 'marked' }
