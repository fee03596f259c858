-- admit-event: counts an event, or refuses it
-- Purpose   Keeps the events of each subject in any window of this length below a maximum. The window is counted in slices; a
--           slice counts until all of it has left the window, so that no boundary lets more through.
-- KEYS      1.. subjects (a hash each: slice, events)
-- ARGV      1 window_ms  2 slices of a window  3.. max of each subject
-- Returns   {'admitted'} | {'refused', number of the subject, retry_after_ms}
-- Invariant A refused event is counted nowhere, and the keys have a TTL.
local window_ms, slices = tonumber(ARGV[1]), tonumber(ARGV[2])

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local slice_ms = window_ms / slices
local current = math.floor(now / slice_ms)

for i, key in ipairs(KEYS) do
  local counts = redis.call('HGETALL', key)
  local sum, oldest = 0, current
  for field = 1, #counts, 2 do
    local slice = tonumber(counts[field])
    if slice < current - slices then
      redis.call('HDEL', key, counts[field])
    else
      sum = sum + tonumber(counts[field + 1])
      oldest = math.min(oldest, slice)
    end
  end
  if sum >= tonumber(ARGV[i + 2]) then
    return { 'refused', tostring(i), string.format('%.0f', math.ceil((oldest + slices + 1) * slice_ms - now)) }
  end
end

for _, key in ipairs(KEYS) do
  if redis.call('HINCRBY', key, string.format('%.0f', current), 1) == 1 then
    redis.call('PEXPIRE', key, string.format('%.0f', math.ceil(window_ms + slice_ms)))
  end
end
return { 'admitted' }
