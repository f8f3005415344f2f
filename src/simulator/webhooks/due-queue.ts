// A queue of work that is due now or later. A bounded number of its tasks runs at a time, in the order in which they are due.

import type { Clock } from '../../clock.ts'

export interface DueQueue<Item> {
  add(item: Item, waitMs: number): void
  /** Waiting, due and under way. The caller bounds it. */
  size(): number
  /** Tasks under way go on, and no other task begins. */
  close(): void
  isClosed(): boolean
}

interface DueQueueOptions<Item> {
  readonly clock: Clock
  readonly maxAtOnce: number
  /** Never rejects. */
  readonly run: (item: Item) => Promise<void>
}

export function createDueQueue<Item>({ clock, maxAtOnce, run }: DueQueueOptions<Item>): DueQueue<Item> {
  const waiting = new Set<() => void>()
  const due: Item[] = []
  let underWay = 0
  let isClosed = false

  function add(item: Item, waitMs: number): void {
    if (isClosed) return
    if (waitMs > 0) return wait(item, waitMs)
    due.push(item)
    advance()
  }

  function wait(item: Item, waitMs: number): void {
    const cancel = clock.after(waitMs, () => {
      waiting.delete(cancel)
      add(item, 0)
    })
    waiting.add(cancel)
  }

  function advance(): void {
    while (underWay < maxAtOnce) {
      const next = due.shift()
      if (next === undefined) return
      underWay += 1
      void run(next).then(() => {
        underWay -= 1
        advance()
      })
    }
  }

  return {
    add,
    size: () => waiting.size + due.length + underWay,
    close() {
      isClosed = true
      due.length = 0
      for (const cancel of waiting) cancel()
      waiting.clear()
    },
    isClosed: () => isClosed,
  }
}
