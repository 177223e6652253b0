-- sync notes how far the caller has applied the revocations, and returns the later ones. It guarantees that a caller
-- which has applied them knew, when the script ran, of every revocation: its lease may run from before the call.
--
-- KEYS: fleet, log, members. ARGV: member, position that the caller has applied, most entries.
-- Returns: ok, whether the caller was a member, position of the last entry, present number, least number that all members
-- have applied, entries.
local e, number, value = string.match(ARGV[2], '^(%w+)%.(%d+)%.(%w*)$')
number = tonumber(number)
if e ~= epoch then
  return {'epoch'}
end
latest = tonumber(latest)
if number > latest or (number == latest and value ~= random) then
  return {'ahead'}
end
local entries = {}
if number < latest then
  if number > 0 then
    local own = redis.call('ZRANGEBYSCORE', KEYS[2], number, number)[1]
    if not own then
      return {'behind'}
    end
    if string.match(own, '^%d+%.(%w*)') ~= value then
      return {'ahead'}
    end
  end
  entries = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. number, '+inf', 'LIMIT', 0, ARGV[3])
  if #entries == 0 or tonumber(string.match(entries[1], '^%d+')) ~= number + 1 then
    return {'behind'}
  end
end
local seen = number + #entries
local member = redis.call('HEXISTS', KEYS[3], ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], number .. ':' .. seen)
local least = latest
for _, state in ipairs(redis.call('HVALS', KEYS[3])) do
  least = math.min(least, tonumber(string.match(state, '^%d+') or 0))
end
local result = {'ok', member, latest, least}
for _, entry in ipairs(entries) do
  result[#result + 1] = entry
end
return result
