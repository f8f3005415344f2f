// The forms of what the pool in Redis stores about the slots of one key, what a replica sends to it, and what it answers.

/**
 * What Redis stores. The names are stored, too: a change of one raises FORM in keys.ts. Times are the pool's own, in whole
 * milliseconds.
 */
export interface PoolState {
  /** A new name after Redis has lost its data. */
  generation: string
  /** No slot is taken before: slots that this pool has no record of may be held until then. */
  openAt: number
  /** It may open from then on, as soon as all live replicas have sent a message, so that every slot was reported. */
  mayOpenAt: number
  /** The pool's time at its last message: it never goes back. */
  at: number
  /** What is added to Redis' clock to get the pool's time: that time follows the replicas, whatever Redis' clock is set to. */
  shift: number
  slots: Record<string, PooledSlot>
  replicas: Record<string, PooledReplica>
  /** The pause after a 429 lasts until then. */
  closedUntil: number
  /** Aurora has answered nothing but 429 since: one call at a time tries the key. */
  isUnproven: boolean
  /** -1 if no 429 has lowered the limit. */
  learnedLimit: number
  learnedAt: number
  /** No leases are given until then: a call waits for a slot that is leased to another replica. */
  wantedUntil: number
}

export interface PooledSlot {
  readonly replica: string
  /** Whether its call is not answered yet. */
  readonly isFlying: boolean
  readonly freesAt: number
}

export interface PooledReplica {
  readonly seq: number
  /** When it sent its last message, at the latest. */
  readonly seenAt: number
  /** After this time it counts as dead, and nothing is kept for it. */
  readonly forgetAt: number
  /** Slots that it may use without the pool if it loses Redis: no other replica takes them. */
  readonly withheld: number
  /** Calls that wait there, by rank of class. */
  readonly waiting: readonly number[]
  /** Its limit and its share: replicas that read their settings again at different times have different ones. */
  readonly limit: number
  readonly share: number
  readonly former: { readonly generation: string } & FormerPool & { readonly orphansUntil: number }
}

/** What a replica knows of the pool that it used before this one. */
export interface FormerPool {
  /** All slots of that pool were held by replicas in contact with it, by the sender's last answer of it, shortly before its end. */
  readonly isWhole: boolean
  /** The other replicas of that pool. Sets are objects because Lua can't tell an empty list from an empty object. */
  readonly peers: Readonly<Record<string, true>>
}

export interface PoolMessage {
  readonly replica: string
  /** Grows with every message: a message that comes after a later one is void. */
  readonly seq: number
  /** The pool of the last answer that the sender got; '' before its first answer. */
  readonly generation: string
  /** The pool's time when the message was sent, as far as the sender can compute it; -1 if it can't. */
  readonly sentAt: number
  /** The sender's last message that the open pool has answered, by its number, and the pool's time when it was sent; -1 for none. */
  readonly knownSeq: number
  readonly knownAt: number
  /** The name of a new pool, if there is none. */
  readonly token: string
  readonly limit: number
  readonly windowMs: number
  /** The longest that a call can be under way, and what clocks may differ by. */
  readonly flightMs: number
  /** What one replica may use without the pool at most. */
  readonly share: number
  /** In this many milliseconds a lowered limit grows by the whole limit. */
  readonly recoverMs: number
  /** The slots that the sender may use without the pool if it gets no answer. */
  readonly lease: number
  /** All slots that it holds: milliseconds until they free, -1 while their calls are not answered. */
  readonly held: Readonly<Record<string, number>>
  readonly waiting: readonly number[]
  /** The slot that it asks for; '' for none. */
  readonly take: string
  /** The rank of the slot's class: 0 goes first. */
  readonly rank: number
  /** Slots that this class leaves free, unless the next one frees within `lendMs`; -1 for never. */
  readonly kept: number
  readonly lendMs: number
  /** How long a 429 pauses the key; -1 if there was none since the last message. */
  readonly pauseForMs: number
  /** The limit that this 429 has lowered; -1 if it has not. */
  readonly learnedLimit: number
  /**
   * How long ago a call was sent that was then answered, which shows that the key is open again; -1 if there was none.
   */
  readonly resumedForMs: number
  /** Whether the sender ends. */
  readonly isGoodbye: boolean
  /** The open pool before this one, if Redis has lost its data; `generation` is '' if the sender knows none. */
  readonly former: { readonly generation: string } & FormerPool & {
      /** Slots of replicas that had ended free within this time. */
      readonly orphansForMs: number
    }
}

export interface PoolAnswer {
  /** Whether a later message of the same replica came first: nothing was done then. */
  readonly isVoid: boolean
  readonly at: number
  readonly generation: string
  readonly opensInMs: number
  readonly isGranted: boolean
  /** The lowest limit that the replicas have. */
  readonly limit: number
  /** The other replicas. */
  readonly peers: Readonly<Record<string, true>>
  /** Slots of replicas that have ended free within this time. */
  readonly orphansForMs: number
  /** What the replica may use without the pool from now on. */
  readonly lease: number
  /** Slots of the other replicas whose calls are not answered yet. */
  readonly flying: number
  /** When each other slot of the other replicas frees: milliseconds from now, ascending. */
  readonly frees: readonly number[]
  /** Slots kept for replicas that may be working without the pool. */
  readonly lost: number
  readonly pausedForMs: number
  readonly isUnproven: boolean
  readonly learnedLimit: number
  readonly learnedForMs: number
  /** Whether a replica waits for a slot that is leased: the next message should carry the lower lease. */
  readonly isWanted: boolean
}

/** A message that comes later than this was held up in a frozen Redis, or a clock was set: it takes nothing. */
export const LATE_MS = 500
/** A replica that has sent nothing for this long may be working without the pool. */
export const LOST_MS = 3000
/**
 * The pool keeps its share for a silent replica for a window, and for this long at least. After Redis was away, replicas return up
 * to 5 s apart: 3 s of silence that is not excused, a second from one heartbeat to the next, and a second from one probe to the next.
 * With a shorter time the first one would take slots that the others still use without the pool.
 */
export const MIN_KEPT_MS = 10_000
export const keptMsOf = (windowMs: number): number => Math.max(windowMs, MIN_KEPT_MS)
/** How long no leases are given after a call had to wait for a leased slot. */
export const WANTED_MS = 3000
