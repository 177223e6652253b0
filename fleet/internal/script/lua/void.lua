-- void removes claims that were made before a revocation of everything. Put refuses such a claim without it: void is for replicas
-- of versions that do not know such a revocation, and makes room at once. It returns how many there were.
--
-- KEYS: fleet, index of all, claims. ARGV: position of the revocation, and of each claim its member of the index.
local voided = 0
for i = 3, #KEYS do
  local held = redis.call('GET', KEYS[i])
  local position = held and string.match(held, '^[^\n]*\n([^\n]*)')
  if held and later(ARGV[1], position or '') then
    redis.call('DEL', KEYS[i])
    redis.call('ZREM', KEYS[2], ARGV[i - 1])
    voided = voided + 1
  end
end
return {'ok', tostring(voided)}
