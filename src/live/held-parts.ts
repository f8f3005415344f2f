// The replies of which a live answer is made, watched for changes.
import type { Cache } from '../cache/cache.ts'
import type { Listener } from '../cache/notices.ts'
import type { Made } from './made.ts'

export type WatchedCache = Pick<Cache, 'mark' | 'readBy' | 'readAside' | 'listen' | 'leave' | 'isConfirmed'>

export interface HeldParts {
  /** False if a reply has changed since the answer was begun; nothing is held then. */
  hold(made: Made): boolean
  /** Whether a change of any of them will be noticed. */
  areWhole(): boolean
  leave(): void
}

/** `onChange` is called during a change of the cache, so it must not use the cache. */
export function createHeldParts(cache: WatchedCache, onChange: () => void): HeldParts {
  let held: readonly string[] = []
  let isWhole = true
  const listener: Listener = {
    staysWhenEvicted: true,
    changed(isEvicted: boolean): void {
      // An evicted reply is still true, and its touches are still noticed, but the end of its trust is not.
      isWhole = false
      if (!isEvicted) onChange()
    },
  }
  const leave = (): void => {
    for (const key of held) cache.leave(key, listener)
    held = []
  }
  return {
    leave,
    areWhole: () => isWhole,
    hold({ parts, begun }) {
      leave()
      const keys = new Set<string>()
      isWhole = true
      for (const { key, answer } of parts) {
        const cached = cache.readBy(key) ?? cache.readAside({ key })
        if (cached && cached.answer === answer.deref()) keys.add(key)
        // A missing reply was never cached, unless something was dropped meanwhile.
        else if (cached || cache.mark() !== begun) return false
        else isWhole = false
      }
      for (const key of keys) cache.listen(key, listener)
      held = [...keys]
      return true
    },
  }
}
