-- note-language: the language in which a person read our pages last
-- Purpose   Notes the language of an account's person, where there is such an account.
-- KEYS      1 account
-- ARGV      1 language
-- Returns   {'noted'} | {'unknown'}
-- Invariant An account that is gone stays gone.
local account, language = KEYS[1], ARGV[1]

if redis.call('HEXISTS', account, 'email') == 0 then
  return { 'unknown' }
end
redis.call('HSET', account, 'language', language)
return { 'noted' }
