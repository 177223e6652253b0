-- adopt gives the caller the work of an owner that has stopped. It guarantees that one caller gets each part,
-- and that it stays in a list until it is done.
--
-- KEYS: fleet, owners, deletions and collections of the owner, those of the caller. ARGV: owner, its latest beat, caller, most
-- of each, how long the lists live.
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then
  return {'no'}
end
local result, left = {'ok'}, 0
for i = 3, 4 do
  local some = redis.call('HRANDFIELD', KEYS[i], ARGV[4], 'WITHVALUES')
  left = left + redis.call('HLEN', KEYS[i]) - #some / 2
  for j = 1, #some, 2 do
    redis.call('HDEL', KEYS[i], some[j])
    redis.call('HSET', KEYS[i + 2], some[j], some[j + 1])
  end
  if #some > 0 then
    owns(KEYS[2], ARGV[3], KEYS[i + 2], ARGV[5])
  end
  result[#result + 1] = some
end
if left == 0 then
  redis.call('HDEL', KEYS[2], ARGV[1])
end
return result
