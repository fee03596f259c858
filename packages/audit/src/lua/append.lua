-- append: adds a batch of events to the audit log
-- Purpose   One round trip and one command for any number of events.
-- KEYS      1 log (stream)
-- ARGV      1 max_events  2.. events (JSON)
-- Returns   number of events added
-- Invariant The log is append-only and never much longer than max_events: the oldest are dropped first.
local log, max_events = KEYS[1], ARGV[1]

for i = 2, #ARGV do
  redis.call('XADD', log, 'MAXLEN', '~', max_events, '*', 'event', ARGV[i])
end
return #ARGV - 1
