-- release-subject: a provider's subject that is an account's -> nobody's
-- Purpose   Gives up the subject, where it is still this account's.
-- KEYS      1 link (of a subject)
-- ARGV      1 user_id
-- Returns   {'released'} | {'not_its'}
-- Invariant The subject of another account is left alone.
local link, user_id = KEYS[1], ARGV[1]

if redis.call('GET', link) ~= user_id then
  return { 'not_its' }
end
redis.call('DEL', link)
return { 'released' }
