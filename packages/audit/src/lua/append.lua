-- append: adds a batch of events to the audit log
-- Purpose   One round trip and one command for any number of events. Of one kind of event about one account, or about none, no more
--           are added than its share until era_events were added or the era is over, so that nobody pushes out what the log tells
--           of others. Of events about none, one network has a part of that share, so that it cannot use it up.
-- KEYS      1 log (stream)  2 shares (hash)
-- ARGV      1 max_events  2 era_events  3 era (ms)
--           4.. five each: subject ('' for an event that has no share), share, network ('' for none), its share, event (JSON)
-- Returns   {'added', number left out, index of the first left out of a subject or network, ...}, indexes from 0
-- Invariant The log is append-only and never much longer than max_events: the oldest are dropped first. The shares have a TTL, and
--           no more networks than events about none.
local log, shares = KEYS[1], KEYS[2]
local max_events, era_events, era = ARGV[1], tonumber(ARGV[2]), ARGV[3]

if tonumber(redis.call('HGET', shares, ':added') or 0) > era_events then
  redis.call('UNLINK', shares)
end
local added, left_out, first = 0, 0, {}
for i = 4, #ARGV, 5 do
  local subject, share, network, part = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2], tonumber(ARGV[i + 3])
  local count = 0
  -- The network first, as long as there is a share: what it leaves out takes nothing of the others'.
  if network ~= '' and tonumber(redis.call('HGET', shares, subject) or 0) < share then
    count = redis.call('HINCRBY', shares, network, 1)
  end
  if count > part then
    share = part
  elseif subject ~= '' then
    count = redis.call('HINCRBY', shares, subject, 1)
  end
  if count <= share then
    redis.call('XADD', log, 'MAXLEN', '~', max_events, '*', 'event', ARGV[i + 4])
    added = added + 1
  else
    left_out = left_out + 1
    if count == share + 1 then
      first[#first + 1] = string.format('%d', (i - 4) / 5)
    end
  end
end
redis.call('HINCRBY', shares, ':added', added)
redis.call('PEXPIRE', shares, era, 'NX')
return { 'added', tostring(left_out), unpack(first) }
