-- remove takes tokens of one key out of the store, and returns those that were there: of several callers, one gets each. What
-- it removes is in the list of those to delete at Matterport until that is confirmed.
--
-- KEYS: fleet, token, list of those to delete, indexes. ARGV: member of the indexes, IDs.
local result = {'ok'}
for i = 2, #ARGV do
  local value = redis.call('HGET', KEYS[2], ARGV[i])
  if value then
    redis.call('HDEL', KEYS[2], ARGV[i])
    redis.call('HSET', KEYS[3], ARGV[i], value)
    result[#result + 1] = ARGV[i]
  end
  if redis.call('HGET', KEYS[2], 'newest') == ARGV[i] then
    redis.call('HDEL', KEYS[2], 'newest')
  end
end
if redis.call('HLEN', KEYS[2]) == 0 then
  for i = 4, #KEYS do
    redis.call('ZREM', KEYS[i], ARGV[1])
  end
end
return result
