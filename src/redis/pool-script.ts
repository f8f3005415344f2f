// The script that Redis runs for each message of a replica: one step that nothing interrupts. test/support/pool-model.ts
// does the same in TypeScript, and a property test compares the two.
import { LATE_MS, LOST_MS, MIN_KEPT_MS, WANTED_MS } from './pool-protocol.ts'

/*
 * The parts of the script share their variables. `m` is the message, `s` the state of the pool (pool-protocol.ts), and
 * `now` the time of the pool.
 */

/**
 * Begins a new pool if there is none, or if Redis has read an older state from its disk, in which slots may be missing.
 * A replica that is not in the state may also have been forgotten after a time without messages: then the time of the
 * state shows whether it is older.
 */
const OPEN_POOL = `
local m = cjson.decode(ARGV[1])
local heldMs = m.windowMs + m.flightMs
local keptMs = math.max(m.windowMs, ${MIN_KEPT_MS})
local isRead, s = pcall(cjson.decode, redis.call('GET', KEYS[1]) or '')
local function hasGoneBack()
  if m.generation ~= s.generation or m.knownSeq < 0 then return false end
  local known = s.replicas[m.replica]
  if known then return known.seq < m.knownSeq end
  return s.at < m.knownAt + keptMs
end
if not isRead or type(s) ~= 'table' or not s.generation or hasGoneBack() then
  s = { generation = m.token, openAt = redisMs + heldMs, mayOpenAt = redisMs + ${LOST_MS}, at = redisMs, shift = 0, slots = {}, replicas = {},
    closedUntil = 0, isUnproven = false, learnedLimit = -1, learnedAt = 0, wantedUntil = 0 }
end`

/** Redis' clock may be set, and Redis may be frozen: so the sender's time bounds the pool's time. */
const SET_TIME = `
local isKnown = m.generation == s.generation and m.sentAt >= 0
local shown = redisMs + s.shift
local isLate = isKnown and shown > m.sentAt + ${LATE_MS}
local now = shown
if isKnown and (isLate or shown < m.sentAt) then now = m.sentAt end
now = math.max(s.at, now)`

/** A later message of the same replica came first. */
const SKIP_OLDER = `
local before = s.replicas[m.replica]
if before and m.seq <= before.seq then return cjson.encode({ isVoid = true, at = s.at }) end`

/** If no replica has sent anything for a while, Redis was away: then the silence counts against no replica. */
const ADVANCE_TIME = `
s.shift = now - redisMs
local silentMs = now - s.at
if silentMs > ${LOST_MS} then
  if s.at < s.openAt then
    s.openAt = s.openAt + silentMs
    s.mayOpenAt = s.mayOpenAt + silentMs
  end
  for _, replica in pairs(s.replicas) do replica.forgetAt = replica.forgetAt + silentMs end
end
s.at = now`

/**
 * The message lists the slots of its sender anew. A replica that was silent for so long is removed, with the slots that
 * were kept for it.
 */
const NOTE_SLOTS = `
for id, slot in pairs(s.slots) do
  if slot.replica == m.replica or slot.freesAt <= now then s.slots[id] = nil end
end
for id, replica in pairs(s.replicas) do
  if id ~= m.replica and replica.forgetAt < now then s.replicas[id] = nil end
end
for id, freesInMs in pairs(m.held) do
  local isFlying = freesInMs < 0
  s.slots[id] = { replica = m.replica, isFlying = isFlying, freesAt = now + (isFlying and heldMs or freesInMs) }
end`

/**
 * A call from before the end of a pause was sent before the 429, so it does not show that the key is open again. The
 * sender's own pause is the newer news.
 */
const NOTE_LIMIT = `
local isResumed = m.resumedForMs >= 0 and now - m.resumedForMs >= s.closedUntil
if m.pauseForMs >= 0 then
  s.closedUntil = math.max(s.closedUntil, now + m.pauseForMs)
  s.isUnproven = true
end
local regrown = s.learnedLimit + math.floor((now - s.learnedAt) * m.limit / m.recoverMs)
if m.learnedLimit >= 0 and (s.learnedLimit < 0 or m.learnedLimit < regrown) then
  s.learnedLimit = m.learnedLimit
  s.learnedAt = now
end
if isResumed then s.isUnproven = false end`

/**
 * A new pool opens before its time if all slots were reported to it: every replica of the pool before it has sent a
 * message, no replica of that pool was cut off, and the slots of those that had ended are free.
 */
const OPEN_EARLY = `
local former = { generation = m.former.generation, isWhole = m.former.isWhole, peers = m.former.peers,
  orphansUntil = now + m.former.orphansForMs }
if now < s.openAt and now >= s.mayOpenAt then
  local generation, isWhole, openAt = '', true, now
  local function join(f)
    if f.generation == '' then return end
    isWhole = isWhole and f.isWhole and (generation == '' or generation == f.generation)
    generation = f.generation
    openAt = math.max(openAt, f.orphansUntil)
    for id in pairs(f.peers) do isWhole = isWhole and (id == m.replica or s.replicas[id] ~= nil) end
  end
  join(former)
  for id, replica in pairs(s.replicas) do if id ~= m.replica then join(replica.former) end end
  if isWhole and generation ~= '' then s.openAt = math.min(s.openAt, openAt) end
end`

/** Slots that are held, leased to other replicas, or kept for replicas that may be working without the pool. */
const COUNT = `
local held, flying, firstAt = 0, 0, math.huge
for _, slot in pairs(s.slots) do
  held = held + 1
  if slot.isFlying then flying = flying + 1 else firstAt = math.min(firstAt, slot.freesAt) end
end
local leased, lost, higher, told, peers = 0, 0, 0, m.limit, {}
for id, replica in pairs(s.replicas) do
  if id ~= m.replica then
    told = math.min(told, replica.limit)
    peers[id] = true
    if now - replica.seenAt > ${LOST_MS} then lost = lost + replica.share else
      leased = leased + replica.withheld
      for rank = 1, m.rank do higher = higher + replica.waiting[rank] end
    end
  end
end`

/** Calls of a higher class that wait at other replicas go first. */
const GRANT = `
local limit = told
if s.learnedLimit >= 0 then
  limit = math.min(limit, s.learnedLimit + math.floor((now - s.learnedAt) * limit / m.recoverMs))
end
local function isEnough(free)
  local usable = free
  if s.isUnproven then usable = math.min(1, free) end
  if usable > m.kept then return true end
  return usable > 0 and m.lendMs >= 0 and (free > usable or firstAt - now <= m.lendMs)
end
local free = limit - held - leased - lost
local isOpen = now >= s.openAt and now >= s.closedUntil and not (s.isUnproven and flying > 0)
local mayTake = m.take ~= '' and not isLate and isOpen
local isGranted = mayTake and isEnough(free - higher)
if isGranted then
  s.slots[m.take] = { replica = m.replica, isFlying = true, freesAt = now + heldMs }
  free = free - 1
elseif mayTake and isEnough(free + leased - higher) then s.wantedUntil = now + ${WANTED_MS} end`

/** The sender of a late message no longer waits for the answer, and goes on with the lease that it has now. */
const LEASE = `
local isWanted = s.wantedUntil > now
local lease
if now < s.openAt then lease = m.share
elseif isLate then lease = m.lease
elseif isWanted then lease = 0
else lease = math.max(0, math.min(m.share, free)) end`

/** If this answer is lost, the replica goes on with the lease that it has now: so the larger one is withheld. */
const STORE_REPLICA = `
local seenAt = isKnown and math.min(m.sentAt, now) or now
if m.isGoodbye then s.replicas[m.replica] = nil else
  s.replicas[m.replica] = { seq = m.seq, seenAt = seenAt, forgetAt = seenAt + keptMs,
    withheld = math.max(lease, m.lease), waiting = m.waiting, limit = m.limit, share = m.share, former = former }
end`

/** What the other replicas hold, so that the sender can work out when slots free. */
const ANSWER = `
local othersFlying, frees, orphansForMs = 0, {}, 0
for _, slot in pairs(s.slots) do
  if slot.replica ~= m.replica then
    if not peers[slot.replica] then orphansForMs = math.max(orphansForMs, slot.freesAt - now) end
    if slot.isFlying then othersFlying = othersFlying + 1 else frees[#frees + 1] = slot.freesAt - now end
  end
end
table.sort(frees)
redis.call('SET', KEYS[1], cjson.encode(s), 'PX', ARGV[2])
return cjson.encode({ isVoid = false, at = now, generation = s.generation, opensInMs = math.max(0, s.openAt - now),
  isGranted = isGranted, limit = told, peers = peers, orphansForMs = orphansForMs, lease = lease, flying = othersFlying, frees = frees, lost = lost,
  pausedForMs = math.max(0, s.closedUntil - now), isUnproven = s.isUnproven, learnedLimit = s.learnedLimit,
  learnedForMs = now - s.learnedAt, isWanted = isWanted })`

/** KEYS: the pool. ARGV: the message, and how long an unused pool is kept. Expects Redis' clock in `redisMs`. */
export const CONTACT_AT = [
  OPEN_POOL,
  SET_TIME,
  SKIP_OLDER,
  ADVANCE_TIME,
  NOTE_SLOTS,
  NOTE_LIMIT,
  OPEN_EARLY,
  COUNT,
  GRANT,
  LEASE,
  STORE_REPLICA,
  ANSWER,
].join('\n')

/** The clock in whole milliseconds, because cjson writes 14 digits. */
export const CONTACT = `
local time = redis.call('TIME')
local redisMs = time[1] * 1000 + math.floor(time[2] / 1000)
${CONTACT_AT}`
