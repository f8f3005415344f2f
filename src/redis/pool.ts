// How replicas share the slots of one key: one message of a replica, and what it does to what all of them share. Pure.

/** What Redis holds of one key. Times are the pool's own, in whole milliseconds. */
export interface PoolState {
  /** Another one after Redis has lost its data. */
  generation: string
  /** Nobody takes before: slots that this pool has never heard of may be held until then. */
  openAt: number
  /** The pool's time at its last message: it never goes back. */
  at: number
  /** What is added to Redis' clock to get the pool's time: it follows the replicas, not whoever sets a clock. */
  shift: number
  slots: Record<string, PooledSlot>
  replicas: Record<string, PooledReplica>
  closedUntil: number
  isUnproven: boolean
  /** -1 where nothing was learned. */
  learnedLimit: number
  learnedAt: number
  /** Until then leases are not given: somebody waits for a slot that is only leased. */
  wantedUntil: number
}

export interface PooledSlot {
  readonly replica: string
  readonly isFlying: boolean
  readonly freesAt: number
}

export interface PooledReplica {
  readonly seq: number
  /** When it sent its last message, at the latest. */
  readonly seenAt: number
  /** Then it counts as dead, and nothing is kept for it any more. */
  readonly forgetAt: number
  /** Slots that it may use without asking, should it lose Redis: nobody else takes them. */
  readonly withheld: number
  /** Calls that wait there, by rank of class. */
  readonly waiting: readonly number[]
}

export interface PoolMessage {
  readonly replica: string
  /** Grows with every message: what overtakes another makes it void. */
  readonly seq: number
  /** The pool that it knows; '' before its first answer. */
  readonly generation: string
  /** The pool's time when it was sent, as far as the sender can tell; -1 if it can't. */
  readonly sentAt: number
  /** Names the pool if there is none. */
  readonly token: string
  readonly limit: number
  readonly windowMs: number
  /** The longest that a call can be under way, and what clocks may differ by. */
  readonly flightMs: number
  /** What one replica may use on its own at most. */
  readonly share: number
  /** In so many milliseconds the whole limit is recovered. */
  readonly recoverMs: number
  /** What the sender takes itself to be allowed if it hears no answer. */
  readonly lease: number
  /** All slots that it holds: milliseconds until they free, -1 while they fly. */
  readonly held: Readonly<Record<string, number>>
  readonly waiting: readonly number[]
  /** The slot that it wants; '' for none. */
  readonly take: string
  /** The class it is for: 0 goes first. */
  readonly rank: number
  /** Slots that this class leaves free, unless the next one frees within `lendMs`; -1 for never. */
  readonly kept: number
  readonly lendMs: number
  /** -1 for no news. */
  readonly closeForMs: number
  readonly learnedLimit: number
  readonly isReopened: boolean
  readonly isGoodbye: boolean
}

export interface PoolAnswer {
  /** Overtaken by a later message of the same replica: nothing was done. */
  readonly isVoid: boolean
  readonly at: number
  readonly generation: string
  readonly opensInMs: number
  readonly isGranted: boolean
  /** What it may use without asking from now on. */
  readonly lease: number
  /** Of the slots that the others hold. */
  readonly flying: number
  readonly frees: readonly number[]
  /** Kept for replicas that may be running on their own. */
  readonly lost: number
  readonly closedForMs: number
  readonly isUnproven: boolean
  readonly learnedLimit: number
  readonly learnedForMs: number
  readonly isWanted: boolean
}

/** A message that comes later than this was frozen with Redis, or a clock was set: it takes nothing. */
export const LATE_MS = 500
/** A replica that was not heard of for so long may be running on its own. */
export const LOST_MS = 3000
export const WANTED_MS = 3000

/** The same as the script in pool-script.ts, which a test holds against it. `redisMs` is Redis' clock; changes `known`. */
export function contact(
  known: PoolState | null,
  redisMs: number,
  message: PoolMessage,
): { state: PoolState; answer: PoolAnswer } {
  const m = message
  const heldMs = m.windowMs + m.flightMs
  const s = known ?? createPool(m.token, redisMs, heldMs)
  const { now, isLate } = tellTime(s, redisMs, m)
  const before = s.replicas[m.replica]
  if (before && m.seq <= before.seq) return { state: s, answer: { ...NOTHING, at: s.at } }
  s.shift = now - redisMs
  makeUpFor(s, now - s.at)
  s.at = now

  forget(s, now, m)
  for (const [id, freesInMs] of Object.entries(m.held)) {
    const isFlying = freesInMs < 0
    s.slots[id] = { replica: m.replica, isFlying, freesAt: now + (isFlying ? heldMs : freesInMs) }
  }
  if (m.closeForMs >= 0) {
    s.closedUntil = Math.max(s.closedUntil, now + m.closeForMs)
    s.isUnproven = true
  }
  if (m.learnedLimit >= 0) {
    s.learnedLimit = m.learnedLimit
    s.learnedAt = now
  }
  if (m.isReopened) s.isUnproven = false

  const { held, flying, firstAt } = countSlots(s)
  const { leased, lost, higher } = countOthers(s, now, m)
  const limit = limitOf(s, now, m)
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
      forgetAt: seenAt + m.windowMs,
      // What it has now it may still believe in, if this answer does not reach it.
      withheld: Math.max(lease, m.lease),
      waiting: m.waiting,
    }
  return { state: s, answer: { ...tell(s, now, m), isGranted, lease, lost, isWanted } }
}

const createPool = (generation: string, redisMs: number, heldMs: number): PoolState => ({
  generation,
  openAt: redisMs + heldMs,
  at: redisMs,
  shift: 0,
  slots: {},
  replicas: {},
  closedUntil: 0,
  isUnproven: false,
  learnedLimit: -1,
  learnedAt: 0,
  wantedUntil: 0,
})

const NOTHING: PoolAnswer = {
  isVoid: true,
  at: 0,
  generation: '',
  opensInMs: 0,
  isGranted: false,
  lease: 0,
  flying: 0,
  frees: [],
  lost: 0,
  closedForMs: 0,
  isUnproven: false,
  learnedLimit: -1,
  learnedForMs: 0,
  isWanted: false,
}

const isKnown = (s: PoolState, m: PoolMessage): boolean => m.generation === s.generation && m.sentAt >= 0

/** Redis' clock may be set, and Redis may be frozen: what the sender knows of the time bounds what it may show. */
function tellTime(s: PoolState, redisMs: number, m: PoolMessage): { now: number; isLate: boolean } {
  const shown = redisMs + s.shift
  const isLate = isKnown(s, m) && shown > m.sentAt + LATE_MS
  const told = isKnown(s, m) && (isLate || shown < m.sentAt) ? m.sentAt : shown
  return { now: Math.max(s.at, told), isLate }
}

/** Where nobody was heard for a while, Redis was away: that one of them was silent as well says nothing about it. */
function makeUpFor(s: PoolState, silentMs: number): void {
  if (silentMs <= LOST_MS) return
  if (s.at < s.openAt) s.openAt += silentMs
  for (const [id, replica] of Object.entries(s.replicas))
    s.replicas[id] = { ...replica, forgetAt: replica.forgetAt + silentMs }
}

/** What the sender holds it says anew. Who was not heard of for a window is forgotten, with what was kept for it. */
function forget(s: PoolState, now: number, m: PoolMessage): void {
  for (const [id, slot] of Object.entries(s.slots))
    if (slot.replica === m.replica || slot.freesAt <= now) delete s.slots[id]
  for (const [id, replica] of Object.entries(s.replicas))
    if (id !== m.replica && replica.forgetAt < now) delete s.replicas[id]
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
  const sum = { leased: 0, lost: 0, higher: 0 }
  for (const [id, replica] of Object.entries(s.replicas)) {
    if (id === m.replica) continue
    if (now - replica.seenAt > LOST_MS) sum.lost += m.share
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
  // Its sender has given up on it.
  if (isLate) return m.lease
  return isWanted ? 0 : Math.max(0, Math.min(m.share, free))
}

function tell(s: PoolState, now: number, m: PoolMessage): PoolAnswer {
  const others = Object.values(s.slots).filter(({ replica }) => replica !== m.replica)
  return {
    ...NOTHING,
    isVoid: false,
    at: now,
    generation: s.generation,
    opensInMs: Math.max(0, s.openAt - now),
    flying: others.filter(({ isFlying }) => isFlying).length,
    frees: others
      .filter(({ isFlying }) => !isFlying)
      .map(({ freesAt }) => freesAt - now)
      .sort((left, right) => left - right),
    closedForMs: Math.max(0, s.closedUntil - now),
    isUnproven: s.isUnproven,
    learnedLimit: s.learnedLimit,
    learnedForMs: now - s.learnedAt,
  }
}
