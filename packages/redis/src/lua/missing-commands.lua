-- missing-commands: (none) -> (none)
-- Purpose   Finds what the user of this connection may not do, and what this server cannot do, before it is needed. Nothing
--           is run. Where Redis cannot tell, nothing is missing.
-- KEYS      (none)
-- ARGV      1.. for each command: number of its words, its words, of which some may be keys and channels
-- Returns   {'denied' | 'unknown', the words} for each command that is missing
-- Invariant Only looks.
local check, missing, at = redis.acl_check_cmd, {}, 1

while check and at <= #ARGV do
  local words = { unpack(ARGV, at + 1, at + ARGV[at]) }
  local known, allowed = pcall(check, unpack(words))
  if not known then
    missing[#missing + 1] = { 'unknown', unpack(words) }
  elseif not allowed then
    missing[#missing + 1] = { 'denied', unpack(words) }
  end
  at = at + ARGV[at] + 1
end
return missing
