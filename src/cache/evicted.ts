// What was evicted while somebody listens to it: whoever does is notified when it is touched or read anew, as if it were there.
import { isTenantKey } from '../rest/scope.ts'
import type { Owner } from '../rest/scope.ts'
import type { AskedIndex, Indexed } from './asked-index.ts'
import type { HeldAnswer } from './held.ts'
import type { Touch } from './invalidation.ts'
import { isTouched } from './read-name.ts'
import type { Touched } from './touched.ts'

export interface Evicted {
  add(key: string, held: HeldAnswer): void
  /** Nobody listens to it any more. */
  leave(key: string): void
  /** Another answer has come there. */
  noteStored(key: string): void
  noteTouched(owner: Owner, touches: readonly Touch[]): void
}

export interface EvictedOptions {
  /** Of what was evicted, and of nothing else. */
  readonly index: AskedIndex
  readonly nameOf: Touched['nameOf']
  readonly notify: (key: string) => void
}

type Name = Extract<Indexed, { readonly is: 'answer' }>

/** Its name alone is held: the answer was evicted to make room. */
const GONE: Name['answer'] = { status: 404, retryAfterMs: null, answeredAtMs: -Infinity }

/** Bounded by what listens, and nothing as a rule. */
export function createEvicted({ index, nameOf, notify }: EvictedOptions): Evicted {
  const names = new Map<string, Name>()

  function leave(key: string): boolean {
    const name = names.get(key)
    if (name) index.remove(key, name)
    return names.delete(key)
  }
  const end = (key: string): void => {
    if (leave(key)) notify(key)
  }
  return {
    add(key, { scope, asked }) {
      const name: Name = { is: 'answer', scope, asked, answer: GONE }
      names.set(key, name)
      index.add(key, name)
    },
    leave,
    noteStored: end,
    noteTouched(owner, touches) {
      if (names.size === 0) return
      for (const touch of touches)
        for (const scope of isTenantKey(owner) ? index.scopesWith(owner, touch) : [owner])
          for (const key of index.find(scope, touch)) {
            const name = names.get(key)
            if (name && isTouched(nameOf(scope, name.asked), scope, [touch])) end(key)
          }
    },
  }
}
