// Removes outdated answers from the cache: deletes them, or keeps them for the case that no call is left or Aurora fails.
import type { LRUCache } from 'lru-cache'
import { isReply } from '../rest/answer.ts'
import type { ScopeKey, TenantKey } from '../rest/scope.ts'
import type { AskedIndex } from './asked-index.ts'
import type { Evicted } from './evicted.ts'
import { isUnusedAside, toAside, toOutdated, toOutdatedAside } from './held.ts'
import type { Held, HeldAnswer } from './held.ts'
import type { Touch } from './invalidation.ts'
import { isTouched } from './read-name.ts'
import type { Touched } from './touched.ts'

export interface TakeOutOptions {
  readonly entries: LRUCache<string, Held>
  /** An index of the cached answers without the outdated ones. */
  readonly index: AskedIndex
  readonly outdatedIndex: AskedIndex
  readonly evicted: Pick<Evicted, 'noteTouched'>
  readonly nameOf: Touched['nameOf']
}

export interface TakeOut {
  delete(scope: ScopeKey, touches: readonly Touch[]): void
  /**
   * Replies stay, but are served only like kept ones, marked. Refusals are deleted, because they are of no use any
   * more.
   */
  outdate(tenant: TenantKey, touches: readonly Touch[]): void
}

export function createTakeOut(options: TakeOutOptions): TakeOut {
  const { entries, index, outdatedIndex, evicted, nameOf } = options
  function forEachTouched(
    scope: ScopeKey,
    touches: readonly Touch[],
    { among, take }: { among: AskedIndex; take: (key: string, held: HeldAnswer, touch: Touch) => void },
  ): void {
    for (const touch of touches)
      for (const key of among.find(scope, touch)) {
        const held = entries.peek(key)
        if (held?.is !== 'answer') continue
        if (isTouched(nameOf(scope, held.asked, { answer: held.answer }), scope, [touch]))
          take(key, held, touch)
      }
  }

  return {
    delete(scope, touches) {
      evicted.noteTouched(scope, touches)
      for (const among of [index, outdatedIndex])
        forEachTouched(scope, touches, {
          among,
          take(key, held, touch) {
            if (!isExplained(held, touch)) entries.delete(key)
            // A write touches all pages of its list, and most are aside since the write before.
            else if (!isUnusedAside(held)) entries.set(key, toAside(held))
          },
        })
    },
    outdate(tenant, touches) {
      evicted.noteTouched(tenant, touches)
      const take = (key: string, held: HeldAnswer, touch: Touch): void => {
        if (isExplained(held, touch)) entries.set(key, toOutdatedAside(held))
        else if (isReply(held.answer)) entries.set(key, toOutdated(held))
        else entries.delete(key)
      }
      for (const touch of touches)
        for (const scope of index.scopesWith(tenant, touch))
          forEachTouched(scope, [touch], { among: index, take })
    },
  }
}

/** Whether only one object of the list has changed, and the others have not. */
const isExplained = ({ answer, query, isOutdated, aside }: HeldAnswer, { of }: Touch): boolean =>
  of !== undefined && query !== null && isReply(answer) && (isOutdated === undefined || aside !== undefined)
