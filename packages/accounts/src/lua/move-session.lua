#!lua flags=allow-oom
-- move-session: a session -> the same session with another record
-- Purpose   Lets a session go on in another epoch for as long as it had left. Runs when Redis is full: the others of its account may
--           have ended by then.
-- KEYS      1 session
-- ARGV      1 record (JSON)
-- Returns   {'moved'} | {'gone'}
-- Invariant A session that has ended stays so.
local session, record = KEYS[1], ARGV[1]

if redis.call('SET', session, record, 'XX', 'KEEPTTL') then
  return { 'moved' }
end
return { 'gone' }
