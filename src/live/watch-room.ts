// The memory of watches, which cannot be evicted while clients watch: limited in all and for each caller, with a part that is kept for callers with few.
import type { ErrorCode } from '../errors/codes.ts'
import { createShares } from '../turns/shares.ts'
import type { Party } from '../turns/shares.ts'
import type { TenantsSeen } from '../turns/tenants-seen.ts'
import type { LiveQuestion } from './question.ts'

/** The memory that one watch holds. */
export interface Place {
  /** False if there is not enough room. */
  resize(bytes: number): boolean
  leave(): void
}

export interface WatchRoom {
  /** Null if there is no room. */
  enter(party: Party, bytes: number): Place | null
}

export interface WatchRoomLimits {
  readonly maxBytes: number
  readonly maxBytesOfCaller: number
}

export interface WatchRoomOptions {
  readonly seen: TenantsSeen
  readonly limits: WatchRoomLimits
}

export function createWatchRoom({ seen, limits }: WatchRoomOptions): WatchRoom {
  const shares = createShares({ seen, max: limits.maxBytes, maxOfCaller: limits.maxBytesOfCaller })
  const tryAdd = (party: Party, bytes: number): boolean => {
    if (bytes > 0 && shares.findFull(party, bytes)) return false
    shares.change(party, bytes)
    return true
  }
  return {
    enter(party, bytes) {
      if (!tryAdd(party, bytes)) return null
      let held = bytes
      return {
        resize(wanted) {
          if (!tryAdd(party, wanted - held)) return false
          held = wanted
          return true
        },
        leave() {
          shares.change(party, -held)
          held = 0
        },
      }
    },
  }
}

/** Measured roughly: the listener to one reply, and the rest of a watch. */
const PART_BYTES = 300
const WATCH_BYTES = 4096

export const sizeOf = ({ body }: LiveQuestion, parts: number): number =>
  WATCH_BYTES + body.length + parts * PART_BYTES

/** Clients leave screens all the time, and each gives some room back. */
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
