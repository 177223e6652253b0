-- found begins a new epoch, if the present one is still the one that the caller knows. It guarantees that of several
-- replicas that find the data lost, or rolled back, one begins the new epoch, and the others find it.
--
-- KEYS: fleet, log, members. ARGV: the epoch as the caller knows it, the new one, all epochs, key ID, sealed key of names.
local present = redis.call('HGET', KEYS[1], 'e') or ''
if present ~= ARGV[1] then
  return {'no'}
end
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('HSET', KEYS[1], 'v', '1', 'e', ARGV[2], 'h', ARGV[3], 'n', '0', 'r', '')
redis.call('HSETNX', KEYS[1], 'k:' .. ARGV[4], ARGV[5])
return {'ok'}
