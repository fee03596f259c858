-- redeem: issued -> issued, leased to one request; every other state is returned and kept
-- Purpose   Answers a device_code: the sealed result to at most one request at a time, the state to all others.
--           mode 'wait' also notes, in the same step, which api instance holds the request, so that no wake-up can fall between
--           the check and the wait. 'check' is a held request that checks again: it notes its instance only if none is noted;
--           with no instance it notes nothing. 'poll' is a request that does not wait: the interval applies while it is pending.
-- KEYS      1 login
-- ARGV      1 device_hash  2 mode ('poll' | 'wait' | 'check')  3 instance ('' to hold nothing)
--           4 lease (unique to this request)  5 lease_ms  6 client_id ('' in the JSON API)
--           7 key_thumbprint ('' if no key was proven)  8 resource ('' if none is named)  9 asked_at (ms, by the api's clock)
-- Returns   {'unknown'} | {'other_resource'} | {'expired'} | {'denied'} | {'aborted'} | {'redeemed'} | {'slow_down', ms to keep}
--           {'pending', other} | {'approved', other, approved_for_ms, started_at}
--           {'leased', other, remaining_ms} | {'issued', sealed, approved_for_ms}
--           other: the other instance that held (wait) or holds (check) a request for this login, or ''
-- Invariant Two live leases never exist; the request that holds one gets the result again: its reply may have been lost. A client
--           that waits is never told to slow down. A device_code is its client's alone. Naming another service changes nothing.
local login = KEYS[1]
local device_hash, mode, instance, lease, lease_ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local client_id, key_thumbprint, resource, asked_at = ARGV[6], ARGV[7], ARGV[8], ARGV[9]

local f = redis.call('HMGET', login, 'state', 'device_hash', 'expires_at', 'waiter', 'interval', 'polled_at',
  'approved_at', 'leased_until', 'started_at', 'client_id', 'resource', 'lease')
local state, expires_at, waiter = f[1], tonumber(f[3]), f[4] or ''
if not state or f[2] ~= device_hash or (f[10] or '') ~= client_id then
  return { 'unknown' }
end
if resource ~= '' and resource ~= (f[11] or '') then
  return { 'other_resource' }
end
local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]
local now = math.floor(now_us / 1000)
if state == 'denied' or state == 'aborted' or state == 'redeemed' then
  return { state }
end
if state == 'pending' and now >= expires_at then
  return { 'expired' }
end
if state == 'issued' and (now >= (tonumber(f[8]) or 0) or f[12] == lease) then
  redis.call('HSET', login, 'lease', lease, 'leased_until', string.format('%.0f', now + lease_ms))
  if waiter == instance then
    redis.call('HDEL', login, 'waiter')
  end
  return { 'issued', redis.call('HGET', login, 'sealed'), tostring((now_us - tonumber(f[7])) / 1000) }
end

-- The issuer binds the tokens to this key.
if key_thumbprint ~= '' and state ~= 'issued' then
  redis.call('HSET', login, 'key_thumbprint', key_thumbprint)
end

local other = ''
if instance ~= '' then
  other = waiter ~= instance and waiter or ''
  if mode == 'wait' or waiter == '' then
    redis.call('HSET', login, 'waiter', instance)
  end
end
if state == 'issued' then
  return { 'leased', other, tostring(tonumber(f[8]) - now) }
end
if state == 'approved' then
  return { 'approved', other, tostring((now_us - tonumber(f[7])) / 1000), f[9] }
end
if mode == 'poll' then
  local interval, since = tonumber(f[5]), f[6] and now - tonumber(f[6])
  -- Polls within a second count as one: libraries send a poll twice to find out how a server answers.
  if not since or since >= 1000 then
    -- A tenth of tolerance for the network. Measured by the announced interval, so that a program with a fast clock recovers: it
    -- adds the 5 s itself. By the apis' clocks, too: after a poll that Redis ran late, the next one only seems early.
    local too_fast = since and since < interval * 0.9
      and tonumber(asked_at) - (tonumber(redis.call('HGET', login, 'asked_at') or '') or now) < interval * 0.9
    redis.call('HSET', login, 'polled_at', string.format('%.0f', now), 'asked_at', asked_at)
    if too_fast then
      return { 'slow_down', string.format('%.0f', interval + 5000) }
    end
  end
end
return { 'pending', other }
