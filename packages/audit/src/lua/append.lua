-- append: adds a batch of events to the audit log
-- Purpose   One round trip and one command for any number of events. Of one kind of event about one account no more are added than
--           its share, so that nobody pushes out what the log tells of others: until so many events were added, or so much time passed.
-- KEYS      1 log (stream)  2 shares (hash)
-- ARGV      1 max_events  2 share ('0' for any number)  3 era_events  4 era (ms)
--           5.. pairs: subject ('' for an event that has no share), event (JSON)
-- Returns   {'added', number left out, index of the first left out of a subject, ...}, indexes from 0
-- Invariant The log is append-only and never much longer than max_events: the oldest are dropped first. The shares have a TTL.
local log, shares = KEYS[1], KEYS[2]
local max_events, share, era_events, era = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]

local bounded = share > 0
if bounded then
  local events = (#ARGV - 4) / 2
  if redis.call('HINCRBY', shares, ':added', events) > era_events then
    redis.call('UNLINK', shares)
    redis.call('HSET', shares, ':added', events)
  end
  if redis.call('PTTL', shares) < 0 then
    redis.call('PEXPIRE', shares, era)
  end
end
local left_out, first = 0, {}
for i = 5, #ARGV, 2 do
  local subject = ARGV[i]
  local count = bounded and subject ~= '' and redis.call('HINCRBY', shares, subject, 1) or 0
  if count <= share then
    redis.call('XADD', log, 'MAXLEN', '~', max_events, '*', 'event', ARGV[i + 1])
  else
    left_out = left_out + 1
    if count == share + 1 then
      first[#first + 1] = string.format('%d', (i - 5) / 2)
    end
  end
end
return { 'added', tostring(left_out), unpack(first) }
