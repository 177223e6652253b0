-- announce writes what a replica remembers of revocations that may have been lost. It can be repeated: a later revocation
-- stays. It guarantees that after it no script gives what one of them means. With an entry, the members forget what
-- they have cached.
--
-- KEYS: fleet, log, generations. ARGV: random value, sealed entry or nothing, most entries of the log, channel, epochs that
-- the replica knows, and for each generation: position, until, time to live.
for known in string.gmatch(ARGV[5], '[^,]+') do
  if not rank(known) then
    history = history .. ',' .. known
  end
end
redis.call('HSET', fleet, 'h', history)
for i = 3, #KEYS do
  local at = 6 + (i - 3) * 3
  local position, til, ttl = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local old = redis.call('HMGET', KEYS[i], 'p', 'u')
  if position ~= '' and not (old[1] and later(old[1], position)) then
    redis.call('HSET', KEYS[i], 'p', position)
  end
  if til ~= '' and tonumber(old[2] or til) <= tonumber(til) then
    redis.call('HSET', KEYS[i], 'u', til)
  end
  keep(KEYS[i], ttl)
end
if ARGV[2] ~= '' then
  append(KEYS[2], ARGV[2], ARGV[1], ARGV[3], ARGV[4])
end
return {'ok'}
