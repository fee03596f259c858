-- batch: runs one script once for each call of a batch
-- Purpose   Replaces one command per call by one for all of them. Each call runs as it would alone, after the one before it.
-- KEYS      1.. the keys of all calls, one call after the other
-- ARGV      1.. for each call: number of its keys, number of its arguments, its arguments
-- Returns   the reply of each call, in order; an error where it failed
-- Invariant A failed call does not affect the others. Not for a Cluster: the keys of the calls lie in different slots.
local function one(KEYS, ARGV)
--[[ the script ]]
end

local keys, args, replies = KEYS, ARGV, {}
local key_at, arg_at = 1, 1
while arg_at <= #args do
  local key_count, arg_count = tonumber(args[arg_at]), tonumber(args[arg_at + 1])
  local ok, reply = pcall(one, { unpack(keys, key_at, key_at + key_count - 1) },
    { unpack(args, arg_at + 2, arg_at + 1 + arg_count) })
  if not ok then
    -- The pcall of Redis gives the words of an error, also of one that a command replied.
    reply = { err = tostring(reply) }
  end
  if reply == nil then
    -- Redis ends a list at its first nil.
    reply = false
  end
  replies[#replies + 1] = reply
  key_at = key_at + key_count
  arg_at = arg_at + 2 + arg_count
end
return replies
