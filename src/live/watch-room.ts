// The memory of watches that cannot be given up as long as somebody watches: bounded in all and for each caller.
import type { ErrorCode } from '../errors/codes.ts'
import type { LiveQuestion } from './question.ts'

/** What one watch holds. */
export interface Place {
  /** False where there is no room for so much. */
  resize(bytes: number): boolean
  leave(): void
}

export interface WatchRoom {
  /** Null where there is no room. */
  enter(holder: string, bytes: number): Place | null
}

export interface WatchRoomLimits {
  readonly maxBytes: number
  readonly maxBytesOfCaller: number
}

export function createWatchRoom({ maxBytes, maxBytesOfCaller }: WatchRoomLimits): WatchRoom {
  const ofCallers = new Map<string, number>()
  let inAll = 0

  const add = (holder: string, bytes: number): void => {
    const own = (ofCallers.get(holder) ?? 0) + bytes
    inAll += bytes
    if (own > 0) ofCallers.set(holder, own)
    else ofCallers.delete(holder)
  }
  const tryAdd = (holder: string, bytes: number): boolean => {
    const isFull =
      bytes > 0 && (inAll + bytes > maxBytes || (ofCallers.get(holder) ?? 0) + bytes > maxBytesOfCaller)
    if (!isFull) add(holder, bytes)
    return !isFull
  }
  return {
    enter(holder, bytes) {
      if (!tryAdd(holder, bytes)) return null
      let held = bytes
      return {
        resize(wanted) {
          if (!tryAdd(holder, wanted - held)) return false
          held = wanted
          return true
        },
        leave() {
          add(holder, -held)
          held = 0
        },
      }
    },
  }
}

/** Measured roughly: the listener of one reply, and what else a watch consists of. */
const PART_BYTES = 300
const WATCH_BYTES = 4096

export const sizeOf = ({ body }: LiveQuestion, parts: number): number =>
  WATCH_BYTES + body.length + parts * PART_BYTES

/** Each screen that is left gives some back. */
const RETRY_S = 10

/** A whole response, for a stream that ends because there is no room for its watch. */
export const noRoom = (wallMs: number): Uint8Array =>
  Buffer.from(
    JSON.stringify({
      errors: [
        {
          message:
            'As many different live answers as the gateway holds are watched: close streams that nobody looks at, or ask for less.',
          extensions: {
            code: 'RATE_LIMITED' satisfies ErrorCode,
            retryAfter: RETRY_S,
            retryAt: new Date(wallMs + RETRY_S * 1000).toISOString(),
          },
        },
      ],
    }),
  )
