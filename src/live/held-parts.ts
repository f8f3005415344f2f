// The replies that a live answer was made of, as long as they are what they were.
import type { Cache } from '../cache/cache.ts'
import type { Listener } from '../cache/notices.ts'
import type { Made } from './made.ts'

export type WatchedCache = Pick<Cache, 'mark' | 'readBy' | 'readAside' | 'listen' | 'leave' | 'isConfirmed'>

export interface HeldParts {
  /** False where a reply has changed since the answer was begun; nothing is held then. */
  hold(made: Made): boolean
  /** Whether there will be notice of a change of any of them. */
  areWhole(): boolean
  leave(): void
}

/** `onChange` is called during a change of the cache, so it must not use it. */
export function createHeldParts(cache: WatchedCache, onChange: () => void): HeldParts {
  let held: readonly string[] = []
  let isWhole = true
  const listener: Listener = {
    staysWhenEvicted: true,
    changed(isEvicted: boolean): void {
      // It is as good as before, and there is notice of what touches it; nobody reports the end of its trust.
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
        // One that is missing was never cached, unless something was dropped meanwhile.
        else if (cached || cache.mark() !== begun) return false
        else isWhole = false
      }
      for (const key of keys) cache.listen(key, listener)
      held = [...keys]
      return true
    },
  }
}
