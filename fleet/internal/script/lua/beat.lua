-- beat shows that the caller still does its work: it deletes tokens, and collects what it has revoked. A caller without work
-- leaves the owners. It returns what the caller has to collect, and the owners with their latest beats.
--
-- KEYS: fleet, owners, deletions and collections of the caller. ARGV: caller, beat.
if redis.call('EXISTS', KEYS[3], KEYS[4]) > 0 then
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
else
  redis.call('HDEL', KEYS[2], ARGV[1])
end
return {'ok', redis.call('HGETALL', KEYS[4]), redis.call('HGETALL', KEYS[2])}
