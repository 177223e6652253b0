-- remove takes tokens of one key out of the store, and returns those that were there: of several callers, one gets each. What
-- it removes is in the list of those to delete at Matterport until that is confirmed.
--
-- KEYS: fleet, token, list of those to delete, indexes. ARGV: member of the indexes, IDs.
-- While the slot moves to another node of a cluster, a key that this script has emptied cannot be read any more.
local newest, gone, result = redis.call('HGET', KEYS[2], 'newest'), {}, {'ok'}
for i = 2, #ARGV do
  local value = redis.call('HGET', KEYS[2], ARGV[i])
  if value then
    redis.call('HSET', KEYS[3], ARGV[i], value)
    gone[#gone + 1] = ARGV[i]
    result[#result + 1] = ARGV[i]
  end
  if newest == ARGV[i] then
    gone[#gone + 1] = 'newest'
  end
end
local left = redis.call('HLEN', KEYS[2]) - #gone
if #gone > 0 then
  redis.call('HDEL', KEYS[2], unpack(gone))
end
if left == 0 then
  for i = 4, #KEYS do
    redis.call('ZREM', KEYS[i], ARGV[1])
  end
end
return result
