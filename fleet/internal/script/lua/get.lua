-- get returns the newest token of a key. It guarantees that the token was not revoked when the script ran, and that nothing
-- which the key names was revoked since the mark.
--
-- KEYS: fleet, token, generations. ARGV: mark.
if stale(ARGV[1]) or revoked(ARGV[1], 3, #KEYS) then
  return {'revoked'}
end
local newest = redis.call('HGET', KEYS[2], 'newest')
local value = newest and redis.call('HGET', KEYS[2], newest)
if not value or revoked(string.match(value, '^[^\n]*'), 3, #KEYS) then
  return {'none', here()}
end
return {'ok', here(), redis.call('PTTL', KEYS[2]), value}
