-- ended returns what has been revoked under some names of sessions, all read at one position.
--
-- KEYS: fleet, names. For each name: the generation, and until when sessions must have been issued to be revoked.
local result = {'ok', here(), history}
for i = 2, #KEYS do
  local end_ = redis.call('HMGET', KEYS[i], 'p', 'u')
  result[#result + 1] = end_[1] or ''
  result[#result + 1] = end_[2] or ''
end
return result
