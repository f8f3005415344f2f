// Records doubts: cached answers may be from before a write of another replica, either all of them or those before a certain moment.
import type { Life } from '../rest/terms.ts'
import type { Doubt } from './decide-use.ts'

export function createDoubts(addAll: () => void, notifyAll: () => void) {
  let count = 0
  let isConfirmed = (): boolean => true
  const doubtOf = ({ doubts }: Life): Doubt => {
    if (!isConfirmed()) return 'lease'
    return doubts < count ? 'entry' : null
  }
  return {
    count: () => count,
    parts: {
      doubtOf,
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

export type Doubts = ReturnType<typeof createDoubts>
