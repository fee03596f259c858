-- join: looks at the other processes, and joins them if it agrees with each
-- Purpose   Processes that disagree about a setting, such as SECRET, lose each other's logins: the first stays, a later one waits.
--           Of each setting a process names the value that it uses, then further ones that it accepts, as while SECRET is
--           changed. Two agree if each accepts what the other uses; a setting that only one of them names is no disagreement.
-- KEYS      1 processes
-- ARGV      1 instance  2 service ('api' | 'issuer')  3 settings (JSON: {NAME: [value, ...], ...})
--           4 queues (over which it spreads logins)  5 kept_ms  6 wish ('join' | 'look')
-- Returns   {'joined' | 'waiting', ...} and, in any order, 'differs NAME SERVICE INSTANCE' for each setting in which a joined
--           process differs, 'other QUEUES' for each of the other processes
-- Invariant Two that disagree are never both joined, unless one was silent for longer than kept_ms.
local processes = KEYS[1]
local instance, service, queues, kept_ms, wish = ARGV[1], ARGV[2], ARGV[4], tonumber(ARGV[5]), ARGV[6]
local settings = cjson.decode(ARGV[3])

local function accepts(values, value)
  for _, accepted in ipairs(values) do
    if accepted == value then
      return true
    end
  end
  return false
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local joined, agrees, reply = false, true, { '' }
local entries = redis.call('HGETALL', processes)
for at = 1, #entries, 2 do
  local name, entry = entries[at], cjson.decode(entries[at + 1])
  if now - entry.seen_at > kept_ms then
    redis.call('HDEL', processes, name)
  elseif name == instance then
    joined = entry.joined
  else
    reply[#reply + 1] = 'other ' .. entry.queues
    for setting, theirs in pairs(entry.joined and entry.settings or {}) do
      local ours = settings[setting]
      if ours and not (accepts(ours, theirs[1]) and accepts(theirs, ours[1])) then
        agrees = false
        reply[#reply + 1] = 'differs ' .. setting .. ' ' .. entry.service .. ' ' .. name
      end
    end
  end
end
joined = joined or (wish == 'join' and agrees)
redis.call('HSET', processes, instance,
  cjson.encode({ service = service, settings = settings, queues = queues, seen_at = now, joined = joined }))
redis.call('PEXPIRE', processes, kept_ms)
reply[1] = joined and 'joined' or 'waiting'
return reply
