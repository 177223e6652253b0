-- What every script begins with. The first key of each is the fleet's hash:
--   v  the version of the format. Another one means that older programs cannot work with what is stored. Fields, parts at the end
--      of a value and kinds of records can be added without: whoever does not know them ignores fields and parts, passes over
--      tokens, and empties its caches for a record
--   e  the epoch: a random name, new whenever stored revocations may have been lost
--   h  all epochs that are known, the present one first, separated by commas
--   n  the number of the latest revocation in this epoch
--   r  its random value
--   w  written so that WAIT waits for what came before
--   k:ID  the key of all names, sealed under the operator's key with that ID
--
-- A position is EPOCH.NUMBER.RANDOM. A generation is the position of the latest revocation that named a thing.
local fleet = KEYS[1]
local state = redis.call('HMGET', fleet, 'v', 'e', 'h', 'n', 'r')
local version, epoch, history, latest, random = state[1], state[2], state[3], state[4], state[5]
if not epoch then
  return {'lost'}
end
if version ~= '1' then
  return {'version', version}
end

local function here()
  return epoch .. '.' .. latest .. '.' .. random
end

local function rank(wanted)
  local i = 0
  for known in string.gmatch(history, '[^,]+') do
    if known == wanted then
      return i
    end
    i = i + 1
  end
end

-- later reports whether a generation is later than a position. A position that is not known is older than all. A generation
-- that cannot be read is later than all.
local function later(generation, position)
  local e1, n1, r1 = string.match(generation, '^(%w+)%.(%d+)%.(%w*)$')
  local e2, n2, r2 = string.match(position, '^(%w+)%.(%d+)%.(%w*)$')
  if not e1 or not e2 then
    return true
  end
  n1, n2 = tonumber(n1), tonumber(n2)
  if e1 == e2 then
    return n1 > n2 or (n1 == n2 and r1 ~= r2)
  end
  local rank1, rank2 = rank(e1), rank(e2)
  if not rank2 then
    return true
  end
  return rank1 ~= nil and rank1 < rank2
end

-- revoked reports whether one of the generations under KEYS[from] to KEYS[to] is later than a position.
local function revoked(position, from, to)
  for i = from, to do
    local generation = redis.call('HGET', KEYS[i], 'p')
    if generation and later(generation, position) then
      return true
    end
  end
  return false
end

-- stale reports whether a request with this mark cannot be judged: revocations of its epoch may have been lost. The caller has not
-- joined the present one, and its names of keys may be others.
local function stale(mark)
  local e = string.match(mark, '^(%w+)%.')
  return e and e ~= epoch
end

local function keep(key, ttl)
  if redis.call('PTTL', key) < tonumber(ttl) then
    redis.call('PEXPIRE', key, ttl)
  end
end

-- owns notes that an owner has something to do, in a list.
local function owns(owners, owner, list, ttl)
  redis.call('HSETNX', owners, owner, '')
  keep(owners, ttl)
  keep(list, ttl)
end

-- append writes a revocation to the log, and tells the replicas that something happened. They learn it without that
-- too, later.
local function append(log, entry, value, most, channel)
  latest, random = redis.call('HINCRBY', fleet, 'n', 1), value
  redis.call('HSET', fleet, 'r', random)
  redis.call('ZADD', log, latest, latest .. '.' .. random .. '.' .. entry)
  redis.call('ZREMRANGEBYRANK', log, 0, -1 - most)
  redis.pcall('PUBLISH', channel, 'revoked')
end
