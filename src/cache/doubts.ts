// What is held may be from before a write of another replica: all of it, or what came before a certain moment.
import type { HeldAnswer } from './held.ts'
import type { Doubt } from './decide-use.ts'

export function createDoubts(addAll: () => void, notifyAll: () => void) {
  let count = 0
  let isConfirmed = (): boolean => true
  return {
    count: () => count,
    of: (held: HeldAnswer): Doubt => {
      if (!isConfirmed()) return 'lease'
      return held.doubts < count ? 'entry' : null
    },
    parts: {
      doubtAll(): void {
        addAll()
        count += 1
        notifyAll()
      },
      confirmBy: (confirms: () => boolean): void => void (isConfirmed = confirms),
      isConfirmed: (): boolean => isConfirmed(),
    },
  }
}
