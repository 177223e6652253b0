-- claim gives the caller the right to mint. It guarantees that one caller has it at a time, that nothing which the key names
-- was revoked since the mark, and that there is room for the token. Claims do not end by the clock of the server:
-- whoever has seen one for its time replaces it. A claim that replaces another lives twice as long, at most eight times as long
-- as asked for: if mints take longer than claims live, each would be replaced in turn, and no mint would count. It can be
-- repeated.
--
-- KEYS: fleet, claim, index of the user, index of all, generations. ARGV: mark, ID, time to live, member of the indexes,
-- most of a user, most of all, ID of the claim to replace, place in the indexes, how long the claim lives.
if stale(ARGV[1]) or revoked(ARGV[1], 5, #KEYS) then
  return {'revoked'}
end
local own = tonumber(ARGV[9])
local held = redis.call('GET', KEYS[2])
if held then
  local id, position, life = string.match(held, '^([^\n]*)\n([^\n]*)\n(%d+)')
  if id == ARGV[2] then
    return {'ok'}
  end
  id, life = id or held, life or ARGV[9]
  if id ~= ARGV[7] and not (position and revoked(position, 5, #KEYS)) then
    return {'claimed', id, life}
  end
  if id == ARGV[7] then
    own = math.min(8 * own, math.max(own, 2 * tonumber(life)))
  end
end
if not redis.call('ZSCORE', KEYS[3], ARGV[4]) then
  if redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[5]) then
    return {'user full'}
  end
  if redis.call('ZCARD', KEYS[4]) >= tonumber(ARGV[6]) then
    return {'full'}
  end
end
redis.call('SET', KEYS[2], ARGV[2] .. '\n' .. here() .. '\n' .. own, 'PX', ARGV[3])
for i = 3, 4 do
  redis.call('ZADD', KEYS[i], ARGV[8], ARGV[4])
  keep(KEYS[i], ARGV[3])
end
return {'ok'}
