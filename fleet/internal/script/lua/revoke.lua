-- revoke takes the next number, writes it to the generations of what is revoked, and appends the revocation to the log. It
-- guarantees that no later script gives what the revocation means, and that every member learns of it with its next sync.
-- If tokens are revoked, it is in the list of what the caller has yet to collect.
--
-- KEYS: fleet, log, owners, collections of the caller, generations. ARGV: random value, sealed entry, most entries of the
-- log, channel, time to live, until: sessions that were issued by then are revoked, instead of what began before, caller or
-- nothing.
append(KEYS[2], ARGV[2], ARGV[1], ARGV[3], ARGV[4])
for i = 5, #KEYS do
  if ARGV[6] == '' then
    redis.call('HSET', KEYS[i], 'p', here())
  else
    local old = tonumber(redis.call('HGET', KEYS[i], 'u') or ARGV[6])
    if old <= tonumber(ARGV[6]) then
      redis.call('HSET', KEYS[i], 'u', ARGV[6])
    end
  end
  keep(KEYS[i], ARGV[5])
end
if ARGV[7] ~= '' then
  redis.call('HSET', KEYS[4], here(), ARGV[2])
  owns(KEYS[3], ARGV[7], KEYS[4], ARGV[5])
end
return {'ok', here()}
