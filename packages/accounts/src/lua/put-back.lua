-- put-back: an account -> the same, signing in as before a change
-- Purpose   Puts back second factors and provider links, ends all sessions, a wanted change of address and, where that is wanted, what
--           was granted, and spends every link that puts something back. It notes the link that did, so that only what was put back is
--           told so.
-- KEYS      1 account
-- ARGV      1 former (what can be put back, as it was read)  2 factors ('' to leave those that there are)  3 providers ('' for none)
--           4 ends_grants ('1' to end what was granted, else '')  5 link_hash
-- Returns   {'put_back', epoch, former epoch of what was granted ('' where that goes on)} | {'bad'}: the account is blocked or gone |
--           {'changed_meanwhile'}: what can be put back is not that any more
-- Invariant What a link puts back is put back once. An epoch never comes back. An account that takes a second step goes on to.
local account, former, factors, providers = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local ends_grants, link_hash = ARGV[4], ARGV[5]

local f = redis.call('HMGET', account, 'email', 'undos', 'blocked', 'sessions_epoch', 'epoch')
if not f[1] or f[3] == '1' then
  return { 'bad' }
end
if f[2] ~= former then
  return { 'changed_meanwhile' }
end
local time = redis.call('TIME')
local epoch = math.max(time[1] * 1000000 + time[2], (tonumber(f[4]) or 0) + 1, (tonumber(f[5]) or 0) + 1)
local name = string.format('%.0f', epoch)
redis.call('HSET', account, 'sessions_epoch', name)
if ends_grants == '1' then
  redis.call('HSET', account, 'epoch', name)
end
if factors ~= '' then
  redis.call('HSET', account, 'factors', factors, 'second_factor', '1')
end
if providers == '' then
  redis.call('HDEL', account, 'providers')
else
  redis.call('HSET', account, 'providers', providers)
end
redis.call('HDEL', account, 'undos', 'pending_email', 'link:address')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local ended = ends_grants == '1' and f[5] or ''
redis.call('HSET', account, 'put_back', link_hash .. ' ' .. now .. ' ' .. ended)
return { 'put_back', name, ended }
