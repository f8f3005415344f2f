// Chooses the caller for whom a live answer is made again: its callers take turns, so that the first one does not pay for all.

/** Undefined if there are none. */
export function chooseInTurn<Item>(items: ReadonlySet<Item>, turn: number): Item | undefined {
  let left = turn % Math.max(1, items.size)
  for (const item of items) {
    if (left === 0) return item
    left -= 1
  }
  return undefined
}
