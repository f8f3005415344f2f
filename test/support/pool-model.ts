// A model of the pool that the script in Redis keeps, as a pure function. A property test compares the two.
import { LATE_MS, LOST_MS, MIN_KEPT_MS, WANTED_MS } from '../../src/redis/pool-protocol.ts'
import type { PoolAnswer, PoolMessage, PoolState } from '../../src/redis/pool-protocol.ts'
import { buildPool } from './build-pool.ts'

/** One message and what it does to the pool. `redisMs` is Redis' clock. Changes `known`. */
export function applyMessage(
  known: PoolState | null,
  redisMs: number,
  message: PoolMessage,
): { state: PoolState; answer: PoolAnswer } {
  const m = message
  const heldMs = m.windowMs + m.flightMs
  const s =
    known && !hasGoneBack(known, m)
      ? known
      : buildPool({
          generation: m.token,
          openAt: redisMs + heldMs,
          mayOpenAt: redisMs + LOST_MS,
          at: redisMs,
        })
  const { now, isLate } = poolTime(s, redisMs, m)
  const before = s.replicas[m.replica]
  if (before && m.seq <= before.seq) return { state: s, answer: { ...NOTHING, at: s.at } }
  s.shift = now - redisMs
  excuseSilence(s, now - s.at)
  s.at = now

  forget(s, now, m)
  for (const [id, freesInMs] of Object.entries(m.held)) {
    const isFlying = freesInMs < 0
    s.slots[id] = { replica: m.replica, isFlying, freesAt: now + (isFlying ? heldMs : freesInMs) }
  }
  // A call that was sent before the end of a pause was sent before the 429, because no call goes in between. The sender's pause is older.
  const isResumed = m.resumedForMs >= 0 && now - m.resumedForMs >= s.closedUntil
  if (m.pauseForMs >= 0) {
    s.closedUntil = Math.max(s.closedUntil, now + m.pauseForMs)
    s.isUnproven = true
  }
  const regrown = s.learnedLimit + Math.floor(((now - s.learnedAt) * m.limit) / m.recoverMs)
  if (m.learnedLimit >= 0 && (s.learnedLimit < 0 || m.learnedLimit < regrown)) {
    s.learnedLimit = m.learnedLimit
    s.learnedAt = now
  }
  if (isResumed) s.isUnproven = false

  openEarly(s, now, m)
  const { held, flying, firstAt } = countSlots(s)
  const { leased, lost, higher, told } = countOthers(s, now, m)
  const limit = limitOf(s, now, { ...m, limit: told })
  let free = limit - held - leased - lost
  const isOpen = now >= s.openAt && now >= s.closedUntil && !(s.isUnproven && flying > 0)
  const mayTake = m.take !== '' && !isLate && isOpen
  const isGranted = mayTake && isEnough(free - higher, firstAt - now, s, m)
  if (isGranted) {
    s.slots[m.take] = { replica: m.replica, isFlying: true, freesAt: now + heldMs }
    free -= 1
  } else if (mayTake && isEnough(free + leased - higher, firstAt - now, s, m)) s.wantedUntil = now + WANTED_MS

  const isWanted = s.wantedUntil > now
  const seenAt = isKnown(s, m) ? Math.min(m.sentAt, now) : now
  const lease = decideLease(s, now, m, { isLate, isWanted, free })
  if (m.isGoodbye) delete s.replicas[m.replica]
  else
    s.replicas[m.replica] = {
      seq: m.seq,
      seenAt,
      forgetAt: seenAt + keptMs(m),
      // If this answer is lost, the replica goes on with the lease that it has now.
      withheld: Math.max(lease, m.lease),
      waiting: m.waiting,
      limit: m.limit,
      share: m.share,
      former: formerOf(m, now),
    }
  return { state: s, answer: { ...describe(s, now, m), isGranted, limit: told, lease, lost, isWanted } }
}

/** Redis has read an older state from its disk, or is a replica that has not got the last messages: slots may be missing in it. */
function hasGoneBack(s: PoolState, m: PoolMessage): boolean {
  if (m.generation !== s.generation || m.knownSeq < 0) return false
  const known = s.replicas[m.replica]
  // A replica that has sent nothing for so long was removed.
  return known ? known.seq < m.knownSeq : s.at < m.knownAt + keptMs(m)
}

const keptMs = ({ windowMs }: PoolMessage): number => Math.max(windowMs, MIN_KEPT_MS)

const NOTHING: PoolAnswer = {
  isVoid: true,
  at: 0,
  generation: '',
  opensInMs: 0,
  isGranted: false,
  limit: 0,
  peers: {},
  orphansForMs: 0,
  lease: 0,
  flying: 0,
  frees: [],
  lost: 0,
  pausedForMs: 0,
  isUnproven: false,
  learnedLimit: -1,
  learnedForMs: 0,
  isWanted: false,
}

const isKnown = (s: PoolState, m: PoolMessage): boolean => m.generation === s.generation && m.sentAt >= 0

/** Redis' clock may be set, and Redis may be frozen: so the sender's time bounds the pool's time. */
function poolTime(s: PoolState, redisMs: number, m: PoolMessage): { now: number; isLate: boolean } {
  const shown = redisMs + s.shift
  const isLate = isKnown(s, m) && shown > m.sentAt + LATE_MS
  const bounded = isKnown(s, m) && (isLate || shown < m.sentAt) ? m.sentAt : shown
  return { now: Math.max(s.at, bounded), isLate }
}

/** Where no replica sent anything for a while, Redis was away: so the silence counts against no replica. */
function excuseSilence(s: PoolState, silentMs: number): void {
  if (silentMs <= LOST_MS) return
  if (s.at < s.openAt) {
    s.openAt += silentMs
    s.mayOpenAt += silentMs
  }
  for (const [id, replica] of Object.entries(s.replicas))
    s.replicas[id] = { ...replica, forgetAt: replica.forgetAt + silentMs }
}

/** The message lists the sender's slots anew. A replica that was silent for so long is removed, with the slots kept for it. */
function forget(s: PoolState, now: number, m: PoolMessage): void {
  for (const [id, slot] of Object.entries(s.slots))
    if (slot.replica === m.replica || slot.freesAt <= now) delete s.slots[id]
  for (const [id, replica] of Object.entries(s.replicas))
    if (id !== m.replica && replica.forgetAt < now) delete s.replicas[id]
}

const formerOf = ({ former: { orphansForMs, ...former } }: PoolMessage, now: number) => ({
  orphansUntil: now + orphansForMs,
  ...former,
})

/**
 * A new pool opens before its time where it is known that all slots were reported to it: every replica of the pool before it
 * has sent a message, no replica of that pool was cut off, and the slots of those that had ended are free.
 */
function openEarly(s: PoolState, now: number, m: PoolMessage): void {
  if (now >= s.openAt || now < s.mayOpenAt) return
  const others = Object.entries(s.replicas).flatMap(([id, { former }]) => (id === m.replica ? [] : [former]))
  const known = [formerOf(m, now), ...others].filter(({ generation }) => generation !== '')
  const isIn = (id: string): boolean => id === m.replica || s.replicas[id] !== undefined
  const isWhole = known.every(
    ({ generation, isWhole: isWholeThere, peers }) =>
      isWholeThere && generation === known[0]?.generation && Object.keys(peers).every(isIn),
  )
  if (!isWhole || known.length === 0) return
  s.openAt = Math.min(s.openAt, Math.max(now, ...known.map(({ orphansUntil }) => orphansUntil)))
}

function countSlots(s: PoolState): { held: number; flying: number; firstAt: number } {
  const slots = Object.values(s.slots)
  const answered = slots.filter(({ isFlying }) => !isFlying)
  return {
    held: slots.length,
    flying: slots.length - answered.length,
    firstAt: Math.min(Infinity, ...answered.map(({ freesAt }) => freesAt)),
  }
}

function countOthers(s: PoolState, now: number, m: PoolMessage) {
  const sum = { leased: 0, lost: 0, higher: 0, told: m.limit }
  for (const [id, replica] of Object.entries(s.replicas)) {
    if (id === m.replica) continue
    sum.told = Math.min(sum.told, replica.limit)
    if (now - replica.seenAt > LOST_MS) sum.lost += replica.share
    else {
      sum.leased += replica.withheld
      for (const count of replica.waiting.slice(0, m.rank)) sum.higher += count
    }
  }
  return sum
}

function limitOf(s: PoolState, now: number, m: PoolMessage): number {
  if (s.learnedLimit < 0) return m.limit
  return Math.min(m.limit, s.learnedLimit + Math.floor(((now - s.learnedAt) * m.limit) / m.recoverMs))
}

function isEnough(free: number, nextInMs: number, s: PoolState, m: PoolMessage): boolean {
  const usable = s.isUnproven ? Math.min(1, free) : free
  if (usable > m.kept) return true
  return usable > 0 && m.lendMs >= 0 && (free > usable || nextInMs <= m.lendMs)
}

function decideLease(
  s: PoolState,
  now: number,
  m: PoolMessage,
  { isLate, isWanted, free }: { isLate: boolean; isWanted: boolean; free: number },
): number {
  if (now < s.openAt) return m.share
  // The sender no longer waits for the answer.
  if (isLate) return m.lease
  return isWanted ? 0 : Math.max(0, Math.min(m.share, free))
}

function describe(s: PoolState, now: number, m: PoolMessage): PoolAnswer {
  const others = Object.values(s.slots).filter(({ replica }) => replica !== m.replica)
  const peers = Object.keys(s.replicas).filter((id) => id !== m.replica)
  const orphans = others.filter(({ replica }) => !peers.includes(replica))
  return {
    ...NOTHING,
    peers: Object.fromEntries(peers.map((id) => [id, true])),
    orphansForMs: Math.max(0, ...orphans.map(({ freesAt }) => freesAt - now)),
    isVoid: false,
    at: now,
    generation: s.generation,
    opensInMs: Math.max(0, s.openAt - now),
    flying: others.filter(({ isFlying }) => isFlying).length,
    frees: others
      .filter(({ isFlying }) => !isFlying)
      .map(({ freesAt }) => freesAt - now)
      .sort((left, right) => left - right),
    pausedForMs: Math.max(0, s.closedUntil - now),
    isUnproven: s.isUnproven,
    learnedLimit: s.learnedLimit,
    learnedForMs: now - s.learnedAt,
  }
}
