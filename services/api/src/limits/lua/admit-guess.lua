-- admit-guess: counts a guess, or refuses it
-- Purpose   At most so many guesses in any window of this length, however they are spread over it. A guess counts from the
--           moment it is admitted, so that guesses at the same moment count too; one that was right is removed again.
-- KEYS      1 guesses (sorted set: guess, when)
-- ARGV      1 guess (unique)  2 max_guesses  3 window_ms
-- Returns   {'admitted'} | {'refused', retry_after_ms}
-- Invariant A refused guess is not counted, and the key has a TTL.
local guesses = KEYS[1]
local guess, max_guesses, window_ms = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', guesses, '-inf', string.format('%.0f', now - window_ms))
if redis.call('ZCARD', guesses) >= max_guesses then
  local oldest = redis.call('ZRANGE', guesses, 0, 0, 'WITHSCORES')
  return { 'refused', string.format('%.0f', tonumber(oldest[2]) + window_ms - now) }
end
redis.call('ZADD', guesses, string.format('%.0f', now), guess)
redis.call('PEXPIRE', guesses, window_ms)
return { 'admitted' }
