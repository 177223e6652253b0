-- release ends a claim without a token, if it is still the caller's.
--
-- KEYS: fleet, claim, index of the user, index of all. ARGV: claim, member of the indexes, channel, member of the token.
local held = redis.call('GET', KEYS[2])
if held and string.match(held, '^[^\n]*') == ARGV[1] then
  redis.call('DEL', KEYS[2])
  redis.call('ZREM', KEYS[3], ARGV[2])
  redis.call('ZREM', KEYS[4], ARGV[2])
  redis.pcall('PUBLISH', ARGV[3], ARGV[4])
end
return {'ok'}
