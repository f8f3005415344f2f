// Executions of live answers take turns: so many are under way at once of each caller and in all, and each start is a step of the loop.
import type { Loop } from '../turns/loop.ts'
import { createRotation } from '../turns/rotation.ts'
import { UNREAD_DIGEST } from './digest.ts'
import { holderOf } from './watched.ts'
import type { Ask } from './watched.ts'
import type { Answered } from './made.ts'

interface Bounds {
  readonly ofCaller: number
  readonly inAll: number
}

/** A client waits for it, as for the answer to a request: a quarter and a half of the requests that may be under way. */
const FIRST: Bounds = { ofCaller: 64, inAll: 256 }

/**
 * Nobody has asked for it at this moment, and one change may make all answers of a caller due at once: two, so that one that waits for
 * Aurora does not hold up the others, and in all so many that callers whose calls wait do not hold up all others.
 */
const AGAIN: Bounds = { ofCaller: 2, inAll: 32 }

interface Turns {
  /** Null where one has to wait. The returned function ends the turn. */
  tryTake(holder: string): (() => void) | null
  /** Null where the signal has aborted. */
  take(holder: string, signal: AbortSignal): Promise<(() => void) | null>
}

export function withTurns(ask: Ask, loop: Pick<Loop, 'isFree' | 'later'>): Ask {
  const first = createTurns(FIRST, loop)
  const again = createTurns(AGAIN, loop)
  return async (question, asking) => {
    const turns = asking.purpose === 'first' ? first : again
    const holder = holderOf(asking.caller)
    const end = turns.tryTake(holder) ?? (await turns.take(holder, asking.signal))
    if (!end) return UNASKED
    try {
      return await ask(question, asking)
    } finally {
      end()
    }
  }
}

/** Nobody reads it. */
const UNASKED: Answered = {
  bytes: Buffer.from('{}'),
  digest: UNREAD_DIGEST,
  parts: [],
  isGood: false,
  isSpoilt: true,
  isLast: false,
}

interface Waiter {
  readonly holder: string
  readonly start: (end: () => void) => void
}

/** Beside the starts of requests, and in turn with them. */
const PLACE = ['live'] as const

function createTurns({ ofCaller, inAll }: Bounds, loop: Pick<Loop, 'isFree' | 'later'>): Turns {
  const waiting = createRotation<Waiter>()
  const ofCallers = new Map<string, number>()
  let underWay = 0
  let isAsked = false

  const hasRoom = (holder: string): boolean => underWay < inAll && (ofCallers.get(holder) ?? 0) < ofCaller
  const count = (holder: string): (() => void) => {
    underWay += 1
    ofCallers.set(holder, (ofCallers.get(holder) ?? 0) + 1)
    return () => {
      underWay -= 1
      const left = (ofCallers.get(holder) ?? 1) - 1
      if (left > 0) ofCallers.set(holder, left)
      else ofCallers.delete(holder)
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
    const next = waiting.takeNext(({ holder }) => hasRoom(holder))
    if (!next) return
    next.start(count(next.holder))
    startLater()
  }
  return {
    tryTake: (holder) => (waiting.size() === 0 && hasRoom(holder) && loop.isFree() ? count(holder) : null),
    take: (holder, signal) =>
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
        const remove = waiting.add({ holder, start }, [holder])
        signal.addEventListener('abort', leave, { once: true })
        startLater()
      }),
  }
}
