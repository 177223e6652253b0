-- spend takes one from what is left of a limit, or says for how long there is nothing left. A limit is what has been taken and has
-- not come back yet, as the time until it has: the time that its key has to live, by the clock of Redis alone. A limit of which
-- nothing is taken needs no key.
--
-- KEYS: fleet, limit. ARGV: the time in which one comes back, and the most that can be taken, in milliseconds.
local taken = math.max(redis.call('PTTL', KEYS[2]), 0) + tonumber(ARGV[1])
local wait = taken - tonumber(ARGV[2])
if wait > 0 then
  return {'wait', wait}
end
redis.call('SET', KEYS[2], 1, 'PX', taken)
return {'ok'}
