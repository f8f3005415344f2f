// Executions of live answers take turns: their number is limited for each caller and in all, and each start is a step of the loop.
import type { Loop } from '../turns/loop.ts'
import { createRotation } from '../turns/rotation.ts'
import { createShares } from '../turns/shares.ts'
import type { Party } from '../turns/shares.ts'
import type { TenantsSeen } from '../turns/tenants-seen.ts'
import { UNREAD_DIGEST } from './digest.ts'
import { partyOf } from './watched.ts'
import type { Ask } from './watched.ts'
import type { Answered } from './made.ts'

interface Bounds {
  readonly ofCaller: number
  readonly inAll: number
}

/** A client waits for it, as for the answer to a request: a quarter and a half of the requests that may be under way. */
const FIRST: Bounds = { ofCaller: 64, inAll: 256 }

/**
 * No client waits for these, and one change may make all answers of a caller due at once. Two of a caller, so that one
 * that waits for Aurora does not delay the others; and in all so many that callers whose calls wait do not delay all
 * others.
 */
const AGAIN: Bounds = { ofCaller: 2, inAll: 32 }

interface Turns {
  /** Null if it has to wait. The returned function ends the turn. */
  tryTake(party: Party): (() => void) | null
  /** Null if the signal has aborted. */
  take(party: Party, signal: AbortSignal): Promise<(() => void) | null>
}

export interface TurnsOptions {
  readonly seen: TenantsSeen
  readonly loop: Pick<Loop, 'isFree' | 'later'>
}

export function withTurns(ask: Ask, options: TurnsOptions): Ask {
  const first = createTurns(FIRST, options)
  const again = createTurns(AGAIN, options)
  return async (question, asking) => {
    const turns = asking.purpose === 'first' ? first : again
    const party = partyOf(asking.caller)
    const end = turns.tryTake(party) ?? (await turns.take(party, asking.signal))
    if (!end) return UNASKED
    try {
      return await ask(question, asking)
    } finally {
      end()
    }
  }
}

/** An answer that no client reads. */
const UNASKED: Answered = {
  bytes: Buffer.from('{}'),
  digest: UNREAD_DIGEST,
  parts: [],
  isGood: false,
  isSpoilt: true,
  isLast: false,
}

interface Waiter {
  readonly party: Party
  readonly start: (end: () => void) => void
}

/** Beside the starts of requests, and in turn with them. */
const PLACE = ['', 'live'] as const

function createTurns({ ofCaller, inAll }: Bounds, { seen, loop }: TurnsOptions): Turns {
  const waiting = createRotation<Waiter>()
  const shares = createShares({ seen, max: inAll, maxOfCaller: ofCaller })
  let isAsked = false

  const hasRoom = (party: Party): boolean => shares.findFull(party, 1) === null
  const count = (party: Party): (() => void) => {
    shares.change(party, 1)
    return () => {
      shares.change(party, -1)
      startLater()
    }
  }
  const startLater = (): void => {
    if (isAsked || waiting.size() === 0) return
    isAsked = true
    loop.later('start', startNext, PLACE)
  }
  const startNext = (): void => {
    isAsked = false
    const next = waiting.takeNext(({ party }) => hasRoom(party))
    if (!next) return
    next.start(count(next.party))
    startLater()
  }
  return {
    tryTake: (party) => (waiting.size() === 0 && hasRoom(party) && loop.isFree() ? count(party) : null),
    take: (party, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve(null)
        const leave = (): void => {
          remove()
          resolve(null)
        }
        const start = (end: () => void): void => {
          signal.removeEventListener('abort', leave)
          resolve(end)
        }
        seen.note(party.tenant)
        const remove = waiting.add({ party, start }, [seen.turnOf(party.tenant), party.caller])
        signal.addEventListener('abort', leave, { once: true })
        startLater()
      }),
  }
}
