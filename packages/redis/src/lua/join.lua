-- join: looks at the other processes, and joins them if it agrees with each
-- Purpose   Processes that disagree about a setting, such as SECRET, lose each other's logins: the first stays, a later one waits.
--           Where Redis lost the entries, those that joined before tell so and stay; one that joined meanwhile gives way to them,
--           unless it has been joined for kept_ms by then.
--           Of each setting a process names the value that it uses, then further ones that it accepts, as while SECRET is
--           changed. Two agree if each accepts what the other uses; a setting that only one of them names is no disagreement.
-- KEYS      1 processes
-- ARGV      1 instance  2 service ('api' | 'issuer')  3 settings (JSON: {NAME: [value, ...], ...})
--           4 queues (over which it spreads logins)  5 kept_ms
--           6 state ('joined' | 'join' | 'look')  7 joined_ms (how long ago it joined; nothing if it has not)
-- Returns   {'joined' | 'waiting', ...} and, in any order, 'differs NAME SERVICE INSTANCE' for each setting in which a joined
--           process differs, 'other QUEUES' for each of the other processes
-- Invariant Two that disagree are never both joined, unless Redis lost an entry: then until the one that joined later tells again.
local processes = KEYS[1]
local instance, service, queues, kept_ms, state = ARGV[1], ARGV[2], ARGV[4], tonumber(ARGV[5]), ARGV[6]
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
local joined_at = now - tonumber(ARGV[7])
local known = redis.call('HEXISTS', processes, instance) == 1

-- Whether this process has to agree with an entry. One that has joined need not, if it joined before.
local function heeds(entry)
  if not entry.joined then
    return false
  end
  -- A process of an older release does not tell when it joined.
  local their_joined_at = entry.joined_at or 0
  return state ~= 'joined' or their_joined_at <= joined_at or (not known and now - their_joined_at > kept_ms)
end

local agrees, reply = true, { '' }
local entries = redis.call('HGETALL', processes)
for at = 1, #entries, 2 do
  local name, entry = entries[at], cjson.decode(entries[at + 1])
  -- An entry from the future is one of a server whose clock was ahead.
  if math.abs(now - entry.seen_at) > kept_ms then
    redis.call('HDEL', processes, name)
  elseif name ~= instance then
    reply[#reply + 1] = 'other ' .. entry.queues
    for setting, theirs in pairs(heeds(entry) and entry.settings or {}) do
      local ours = settings[setting]
      if ours and not (accepts(ours, theirs[1]) and accepts(theirs, ours[1])) then
        agrees = false
        reply[#reply + 1] = 'differs ' .. setting .. ' ' .. entry.service .. ' ' .. name
      end
    end
  end
end
local joined = agrees and state ~= 'look'
redis.call('HSET', processes, instance,
  cjson.encode({ service = service, settings = settings, queues = queues, seen_at = now, joined = joined, joined_at = joined_at }))
redis.call('PEXPIRE', processes, kept_ms)
reply[1] = joined and 'joined' or 'waiting'
return reply
