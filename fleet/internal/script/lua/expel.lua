-- expel removes the members that have not called since a revocation. It guarantees that the next revocations do not wait
-- for them; their leases are over, since the caller has waited that long.
--
-- KEYS: fleet, members. ARGV: position of the revocation.
local e, number = string.match(ARGV[1], '^(%w+)%.(%d+)')
if e ~= epoch then
  return {'epoch'}
end
local states = redis.call('HGETALL', KEYS[2])
for i = 1, #states, 2 do
  if tonumber(string.match(states[i + 1], '^%d+:(%d+)') or 0) < tonumber(number) then
    redis.call('HDEL', KEYS[2], states[i])
  end
end
return {'ok'}
