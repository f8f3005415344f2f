// What writes have made untrue of late: a read that was under way meanwhile may have seen what was before.
import type { Call, ScopeKey } from '../rest/call.ts'
import type { Touch } from './invalidation.ts'

/** What a cached answer answers, pages aside. */
export interface ReadName {
  readonly scope: ScopeKey
  readonly operation: Call['endpoint']['operation']
  readonly path: Call['path']
}

/** A moment among the drops; counted, as a clock may show the same time twice. */
export type Mark = number

export interface Drops {
  mark(): Mark
  add(scope: ScopeKey, touches: readonly Touch[]): void
  /** Of which nobody knows what it touches. */
  addAll(): void
  /** Whether what is read was touched since; in doubt it was. */
  haveTouched(read: ReadName, since: Mark): boolean
}

/** A minute of nothing but writes, twice over: no read takes longer. */
const MAX_REMEMBERED = 200

export function createDrops(): Drops {
  let recent: { readonly scope: ScopeKey; readonly touches: readonly Touch[]; readonly mark: Mark }[] = []
  let last: Mark = 0

  return {
    mark: () => last,
    add(scope, touches) {
      if (touches.length === 0) return
      last += 1
      recent = [...recent.slice(1 - MAX_REMEMBERED), { scope, touches, mark: last }]
    },
    addAll() {
      last += 1
      recent = []
    },
    haveTouched(read, since) {
      const isForgotten = since < last - recent.length
      return (
        isForgotten ||
        recent.some(({ scope, touches, mark }) => mark > since && isTouched(read, scope, touches))
      )
    },
  }
}

export const isTouched = (read: ReadName, scope: ScopeKey, touches: readonly Touch[]): boolean =>
  read.scope === scope && touches.some((touch) => isBelow(read, touch))

const isBelow = (read: ReadName, { operation, path }: Touch): boolean =>
  read.operation === operation && Object.entries(path).every(([name, id]) => isSame(read.path[name], id))

/** Aurora takes its ids in letters of either size; some clients write them in capitals. */
const isSame = (left: string | undefined, right: string): boolean =>
  left?.toLowerCase() === right.toLowerCase()
