-- rights calls every command that the scripts and the stores send, on keys of its own, and returns those that the user may not
-- call. An error of another kind is no answer to that, and is left to whoever needs the command.
--
-- KEYS: a hash, a text and a sorted set, none of which exists.
local missing = {'ok'}
local function try(...)
  local answer = redis.pcall(...)
  local refused = type(answer) == 'table' and answer.err or ''
  if string.find(refused, 'permission') or string.find(refused, "can't run this command") then
    missing[#missing + 1] = string.lower((...))
  end
end
local hash, text, set = KEYS[1], KEYS[2], KEYS[3]
try('HSET', hash, 'a', 1)
try('HSETNX', hash, 'b', 1)
try('HINCRBY', hash, 'a', 1)
try('HGET', hash, 'a')
try('HMGET', hash, 'a', 'b')
try('HGETALL', hash)
try('HEXISTS', hash, 'a')
try('HLEN', hash)
try('HVALS', hash)
try('HRANDFIELD', hash, 1, 'WITHVALUES')
try('EXISTS', hash)
try('HDEL', hash, 'b')
try('SET', text, 1, 'PX', 60000)
try('GET', text)
try('ZADD', set, 1, 'a')
try('ZSCORE', set, 'a')
try('ZCARD', set)
try('ZRANGE', set, 0, -1)
try('ZRANGEBYSCORE', set, 1, 1)
try('ZREMRANGEBYSCORE', set, 2, 2)
try('ZREMRANGEBYRANK', set, 1, 1)
try('ZREM', set, 'a')
try('PEXPIRE', hash, 60000)
try('PTTL', hash)
try('DEL', hash, text, set)
return missing
