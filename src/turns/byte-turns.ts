// Bounds the bytes of the work that is under way at the same time; what does not fit waits for its turn.
import { createRotation } from './rotation.ts'
import type { Place } from './rotation.ts'

export interface ByteTurns {
  /** Whether work of so many bytes may begin at once; then it has begun. */
  beginAtOnce(bytes: number): boolean
  /** Calls `begin` when the work has begun. Tenants take turns, and so do the parties of a tenant. */
  later(bytes: number, begin: () => void, place: Place): void
  /** To be called once for all work that has begun. */
  end(bytes: number): void
}

interface Waiting {
  readonly bytes: number
  readonly begin: () => void
}

/** Work of more than `maxBytes` is done alone. Nothing passes the work whose turn it is, so large work does not wait for ever. */
export function createByteTurns(maxBytes: number): ByteTurns {
  const rotation = createRotation<Waiting>()
  /** The work whose turn it is, and for which there is not enough room yet. */
  let next: Waiting | undefined
  let underWay = 0

  const hasRoom = (bytes: number): boolean => underWay === 0 || underWay + bytes <= maxBytes

  function beginNext(): void {
    for (;;) {
      next ??= rotation.takeNext()
      if (!next || !hasRoom(next.bytes)) return
      const { bytes, begin } = next
      next = undefined
      underWay += bytes
      begin()
    }
  }

  return {
    beginAtOnce(bytes) {
      if (next !== undefined || !hasRoom(bytes)) return false
      underWay += bytes
      return true
    },
    later(bytes, begin, place) {
      rotation.add({ bytes, begin }, place)
      beginNext()
    },
    end(bytes) {
      underWay -= bytes
      beginNext()
    },
  }
}
