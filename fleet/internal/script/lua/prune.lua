-- prune takes out of two indexes what has expired. It is called when there is no room, with members of the index and what
-- each stands for.
--
-- KEYS: fleet, index of the user, index of all, what the members stand for. ARGV: how much longer than it lives a token is
-- stored, members.
local over = {}
for i = 4, #KEYS do
  local left = redis.call('PTTL', KEYS[i])
  local claim = string.sub(ARGV[i - 2], 1, 2) == 'c|'
  if left == -2 or (not claim and left <= tonumber(ARGV[1])) then
    over[#over + 1] = ARGV[i - 2]
  end
end
if #over > 0 then
  local list = table.unpack or unpack -- of Lua 5.4, or of Lua 5.1
  redis.call('ZREM', KEYS[2], list(over))
  redis.call('ZREM', KEYS[3], list(over))
end
return {'ok'}
