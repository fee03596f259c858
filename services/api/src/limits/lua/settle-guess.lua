#!lua flags=allow-oom
-- settle-guess: an open guess -> wrong, or forgotten
-- Purpose   Settles an admitted guess: it was wrong, or it was right or never checked and no longer counts.
-- KEYS      1.. pairs, one for each subject: wrong guesses, open guesses (sorted sets: guess, when)
-- ARGV      1 guess  2 outcome ('wrong' or 'forgotten')  3 window_ms
-- Returns   {'settled'}
-- Invariant Settles this guess and no other; the keys have a TTL.
local guess, outcome, window_ms = ARGV[1], ARGV[2], ARGV[3]

local time = redis.call('TIME')
for i = 1, #KEYS, 2 do
  redis.call('ZREM', KEYS[i + 1], guess)
  if outcome == 'wrong' then
    redis.call('ZADD', KEYS[i], string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), guess)
    redis.call('PEXPIRE', KEYS[i], window_ms)
  end
end
return { 'settled' }
