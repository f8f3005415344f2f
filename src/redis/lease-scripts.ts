// The scripts about read leases and the log of drops, each one step that nothing interrupts. test/support/fake-redis.ts does the
// same in TypeScript, and a test compares the two.

/**
 * KEYS: the readers, the generation, the log. ARGV: the replica, how late Redis' clock may be for this message to
 * count, how long a replica without a sign of life stays among the readers, and after how long without any message that
 * time begins again. Returns Redis' clock, the generation, the last entry of the log, and the readers. The clock alone
 * means that no lease is given. A reader has the time of its last message, and the time at which it is forgotten. The
 * empty name is that of the last message.
 */
export const RENEW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local generation = redis.call('GET', KEYS[2])
local last = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)
if not generation or #last == 0 or now > tonumber(ARGV[2]) then return { now } end
local function field(stamp, forgetAt) return string.format('%.0f %.0f', stamp, forgetAt) end
local silentMs = now - tonumber(redis.call('HGET', KEYS[1], '') or now)
if silentMs < tonumber(ARGV[4]) then silentMs = 0 end
local readers = redis.call('HGETALL', KEYS[1])
for i = 1, #readers, 2 do
  local stamp, forgetAt = string.match(readers[i + 1], '^(%d+) (%d+)$')
  if stamp and readers[i] ~= ARGV[1] then
    forgetAt = forgetAt + silentMs
    if forgetAt < now then redis.call('HDEL', KEYS[1], readers[i])
    elseif silentMs > 0 then redis.call('HSET', KEYS[1], readers[i], field(stamp, forgetAt)) end
  end
end
redis.call('HSET', KEYS[1], ARGV[1], field(now, now + ARGV[3]), '', string.format('%.0f', now))
return { now, generation, last[1][1], redis.call('HGETALL', KEYS[1]) }`

/**
 * KEYS: the readers, the generation, the log. ARGV: the generation that the replica has a copy of, the replica, the
 * most entries of the log, the most bytes of their drops, and the drops. Returns Redis' clock, the ids of the entries,
 * and the readers. The clock alone means that nothing was added, because there is another generation. Each entry has
 * the bytes of all drops up to it, so that the size of the log is known without reading it.
 */
export const PUBLISH = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return { now } end
local function bytesUpTo(rows)
  local fields = rows[1] and rows[1][2] or {}
  for i = 1, #fields, 2 do if fields[i] == 'bytes' then return tonumber(fields[i + 1]) end end
  return 0
end
local bytes = bytesUpTo(redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1))
local ids = {}
for i = 5, #ARGV do
  bytes = bytes + #ARGV[i]
  ids[#ids + 1] = redis.call('XADD', KEYS[3], 'MAXLEN', '=', ARGV[3], '*', 'by', ARGV[2], 'drop', ARGV[i],
    'bytes', string.format('%.0f', bytes))
end
while bytes - bytesUpTo(redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)) > tonumber(ARGV[4]) do
  redis.call('XTRIM', KEYS[3], 'MAXLEN', '=', redis.call('XLEN', KEYS[3]) - 1)
end
return { now, ids, redis.call('HGETALL', KEYS[1]) }`

/**
 * KEYS: the generation, the log. Begins a new generation if there is none, or if `ARGV[2]` demands it; returns its
 * name.
 */
export const BEGIN = `
local generation = redis.call('GET', KEYS[1])
if ARGV[2] == 'anew' or not generation or redis.call('EXISTS', KEYS[2]) == 0 then
  generation = ARGV[1]
  redis.call('SET', KEYS[1], generation)
  redis.call('DEL', KEYS[2])
  redis.call('XADD', KEYS[2], '*', 'generation', generation)
end
return generation`
