-- put stores a token as the newest of its key, and ends the claim. It guarantees that the claim was still the caller's, and
-- that nothing which the key names was revoked since the claim. Older tokens of the key stay until they have expired. It can be
-- repeated: a token that is stored already was stored at its claim's position, for all that this call knows.
--
-- KEYS: fleet, claim, token, name of the token, index of the user, index of all, indexes of the models, generations.
-- ARGV: claim, ID, when it expires, sealed token, time to live, member of the indexes, that of the claim, before when what
-- has expired is removed, how many models, user, channel.
local indexes = 6 + tonumber(ARGV[9])
local stored = redis.call('HGET', KEYS[3], ARGV[2])
if stored then
  return {'ok', string.match(stored, '^[^\n]*')}
end
local held = redis.call('GET', KEYS[2])
if not held then
  return {'void'}
end
local id, position = string.match(held, '^([^\n]*)\n([^\n]*)')
if id ~= ARGV[1] or not position or revoked(position, indexes + 1, #KEYS) then
  return {'void'}
end
local old = redis.call('HGETALL', KEYS[3])
for i = 1, #old, 2 do
  local expires = string.match(old[i + 1], '^[^\n]*\n(%d+)\n')
  if expires and tonumber(expires) < tonumber(ARGV[8]) then
    redis.call('HDEL', KEYS[3], old[i])
  end
end
redis.call('HSET', KEYS[3], 'newest', ARGV[2], ARGV[2], position .. '\n' .. ARGV[3] .. '\n' .. ARGV[4])
keep(KEYS[3], ARGV[5])
redis.call('SET', KEYS[4], ARGV[10], 'PX', ARGV[5])
for i = 5, indexes do
  redis.call('ZADD', KEYS[i], 'GT', ARGV[3], ARGV[6])
  redis.call('ZREM', KEYS[i], ARGV[7])
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', '(' .. ARGV[8])
  keep(KEYS[i], ARGV[5])
end
redis.call('DEL', KEYS[2])
redis.pcall('PUBLISH', ARGV[11], ARGV[6])
return {'ok', here()}
