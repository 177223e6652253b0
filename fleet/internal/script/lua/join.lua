-- join makes the caller a member at the present position. It guarantees that from now on each revocation waits for the
-- caller, so that what the caller reads from now on may be cached under a lease.
--
-- KEYS: fleet, members. ARGV: member.
redis.call('HSET', KEYS[2], ARGV[1], latest .. ':' .. latest)
return {'ok', here(), history}
