-- remove takes tokens of one key out of the store, and returns those that were there: of several callers, one gets each. What
-- it removes is in the list of what the caller has to delete at Matterport, until that is confirmed.
--
-- KEYS: fleet, token, owners, deletions of the caller, indexes. ARGV: caller, how long the list lives, member of the
-- indexes, and of each token its ID and its name in that list.
-- While the slot moves to another node of a cluster, a key that this script has emptied cannot be used any more.
local newest, gone, result = redis.call('HGET', KEYS[2], 'newest'), {}, {'ok'}
for i = 4, #ARGV, 2 do
  local value = redis.call('HGET', KEYS[2], ARGV[i])
  if value then
    redis.call('HSET', KEYS[4], ARGV[i + 1], value)
    gone[#gone + 1] = ARGV[i]
    result[#result + 1] = ARGV[i]
  end
  if newest == ARGV[i] then
    gone[#gone + 1] = 'newest'
  end
end
local left = redis.call('HLEN', KEYS[2]) - #gone
for _, field in ipairs(gone) do
  redis.call('HDEL', KEYS[2], field)
end
if #result > 1 then
  owns(KEYS[3], ARGV[1], KEYS[4], ARGV[2])
end
if left == 0 then
  for i = 5, #KEYS do
    redis.call('ZREM', KEYS[i], ARGV[3])
  end
end
return result
