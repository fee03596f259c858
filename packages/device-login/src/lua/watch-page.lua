-- watch-page: every state is returned and kept
-- Purpose   Returns the progress of the program to the human who approved, and notes, in the same step, which api instance holds
--           the page's request, so that no wake-up can fall between the check and the wait.
-- KEYS      1 login
-- ARGV      1 user_id  2 instance ('' to note nothing)
-- Returns   {'unknown'} | {'waiting'} | {'collected'} | {'denied'} | {'aborted'}
-- Invariant Only the human who decided learns anything. At most the four newest instances are noted.
local login = KEYS[1]
local user_id, instance = ARGV[1], ARGV[2]

local f = redis.call('HMGET', login, 'state', 'user_id', 'watchers')
local state, watchers = f[1], f[3] or ''
if not state or f[2] ~= user_id then
  return { 'unknown' }
end
if state == 'redeemed' then
  return { 'collected' }
end
if state == 'denied' or state == 'aborted' then
  return { state }
end
if instance ~= '' and not string.find(watchers, instance, 1, true) then
  local noted = { instance }
  for other in string.gmatch(watchers, '%S+') do
    if #noted < 4 then
      noted[#noted + 1] = other
    end
  end
  redis.call('HSET', login, 'watchers', table.concat(noted, ' '))
end
return { 'waiting' }
