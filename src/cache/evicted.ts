// Evicted answers that still have a listener: it is notified when the answer is touched or read again, as if the answer were still cached.
import { isTenantKey } from '../rest/scope.ts'
import type { Owner } from '../rest/scope.ts'
import type { AskedIndex, Indexed } from './asked-index.ts'
import type { HeldAnswer } from './held.ts'
import type { Touch } from './invalidation.ts'
import { isTouched } from './read-name.ts'
import type { Touched } from './touched.ts'

export interface Evicted {
  add(key: string, held: HeldAnswer): void
  /** To be called when the last listener has left. */
  leave(key: string): void
  /** To be called when another answer was stored under the key. */
  noteStored(key: string): void
  noteTouched(owner: Owner, touches: readonly Touch[]): void
}

export interface EvictedOptions {
  /** An index of evicted answers alone. */
  readonly index: AskedIndex
  readonly nameOf: Touched['nameOf']
  readonly notify: (key: string) => void
}

type Name = Extract<Indexed, { readonly is: 'answer' }>

/** Stands for the evicted answer, of which only the name is kept. */
const GONE: Name['answer'] = { status: 404, retryAfterMs: null, answeredAtMs: -Infinity }

/** Limited by the number of listeners; usually empty. */
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
