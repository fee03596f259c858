#!lua flags=allow-oom
-- admit-guess: counts a guess as open, or refuses it
-- Purpose   Keeps the wrong guesses of each subject in any window of this length below a maximum. A guess counts from the moment
--           it is admitted, so that concurrent guesses count too. An open guess may turn out right, so a caller that only
--           open ones keep out is told to ask again. Runs when Redis is full: without it nobody could deny.
-- KEYS      1.. pairs, one for each subject: wrong guesses, open guesses (sorted sets: guess, when)
-- ARGV      1 guess (unique)  2 window_ms  3 open_ms (an open guess is then forgotten: its process has died)  4.. max of each subject
-- Returns   {'admitted'} | {'busy'} | {'refused', number of the subject, retry_after_ms}
-- Invariant A guess that is not admitted is counted nowhere, and the keys have a TTL.
local guess, window_ms, open_ms = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local busy, refused, wait = false, nil, 0
for i = 1, #KEYS, 2 do
  local wrong, open, subject = KEYS[i], KEYS[i + 1], (i + 1) / 2
  local max = tonumber(ARGV[subject + 3])
  redis.call('ZREMRANGEBYSCORE', wrong, '-inf', string.format('%.0f', now - window_ms))
  redis.call('ZREMRANGEBYSCORE', open, '-inf', string.format('%.0f', now - open_ms))
  local count = redis.call('ZCARD', wrong)
  if count >= max then
    local first = redis.call('ZRANGE', wrong, count - max, count - max, 'WITHSCORES')
    local its_wait = tonumber(first[2]) + window_ms - now
    if its_wait > wait then
      refused, wait = subject, its_wait
    end
  elseif count + redis.call('ZCARD', open) >= max then
    busy = true
  end
end
if refused then
  return { 'refused', tostring(refused), string.format('%.0f', wait) }
end
if busy then
  return { 'busy' }
end

for i = 2, #KEYS, 2 do
  redis.call('ZADD', KEYS[i], string.format('%.0f', now), guess)
  redis.call('PEXPIRE', KEYS[i], open_ms)
end
return { 'admitted' }
