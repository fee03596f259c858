#!lua flags=allow-oom
-- join: looks at the other processes, and joins them if it agrees with each
-- Purpose   Processes that disagree about a setting, such as SECRET, lose each other's logins: the first stays, a later one waits.
--           Where Redis lost the entries, those that joined before tell so and stay; one that joined meanwhile gives way to them. If
--           it has been joined for kept_ms by then, they stay only if, of those that ever joined, no more differ from them than agree.
--           Of each setting a process names the value that it uses, then others that it accepts, as while SECRET is changed. Two
--           agree if each accepts what the other uses; a setting that only one names is no disagreement. Runs when Redis is full.
-- KEYS      1 processes
-- ARGV      1 instance  2 service ('api' | 'issuer')  3 settings (JSON: {NAME: [value, ...], ...})
--           4 queues (over which it spreads logins)  5 kept_ms  6 state ('joined' | 'join' | 'look')
--           7 joined_ms (how long ago it joined; nothing if it has not)  8 served ('yes' if it has ever joined)  9 host
-- Returns   {'joined' | 'waiting', ...}, 'other QUEUES' for each other process, 'differs NAME SERVICE INSTANCE HOST' for each difference
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

local function differences(entry, name)
  local found = {}
  for setting, theirs in pairs(entry.settings) do
    local ours = settings[setting]
    if ours and not (accepts(ours, theirs[1]) and accepts(theirs, ours[1])) then
      found[#found + 1] = table.concat({ 'differs', setting, entry.service, name, entry.host }, ' ')
    end
  end
  return found
end

-- Whether this process has to agree with a joined entry. One that has joined need not, if it joined before.
local function heeds(entry, outnumbered)
  local their_joined_at = entry.joined_at or 0 -- a process of an older release does not tell
  return state ~= 'joined' or their_joined_at <= joined_at
    or (outnumbered and not known and now - their_joined_at > kept_ms)
end

-- Of those that ever joined, how many differ from this process (true) and agree with it (false).
local count, others, agrees, reply = { [true] = 0, [false] = 1 }, {}, true, { '' }
local entries = redis.call('HGETALL', processes)
for at = 1, #entries, 2 do
  local name, entry = entries[at], cjson.decode(entries[at + 1])
  -- An entry from the future is one of a server whose clock was ahead.
  if math.abs(now - entry.seen_at) > kept_ms then
    redis.call('HDEL', processes, name)
  elseif name ~= instance then
    reply[#reply + 1] = 'other ' .. entry.queues
    entry.differences = differences(entry, name)
    others[#others + 1] = entry
    local differs, served = #entry.differences > 0, entry.served or entry.joined
    count[differs] = count[differs] + (served and 1 or 0)
  end
end
for _, entry in ipairs(others) do
  if entry.joined and heeds(entry, count[true] > count[false]) then
    for _, difference in ipairs(entry.differences) do
      agrees, reply[#reply + 1] = false, difference
    end
  end
end
local joined = agrees and state ~= 'look'
redis.call('HSET', processes, instance, cjson.encode({ service = service, settings = settings, queues = queues, seen_at = now,
  joined = joined, joined_at = joined_at, served = joined or ARGV[8] == 'yes', host = ARGV[9] }))
redis.call('PEXPIRE', processes, kept_ms)
reply[1] = joined and 'joined' or 'waiting'
return reply
