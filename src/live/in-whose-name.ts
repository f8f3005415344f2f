// In whose name a live answer is made again: in that of each who watches it in turn, or the first to come would pay for all others.

/** Undefined where there are none. */
export function chooseInTurn<Item>(items: ReadonlySet<Item>, turn: number): Item | undefined {
  let left = turn % Math.max(1, items.size)
  for (const item of items) {
    if (left === 0) return item
    left -= 1
  }
  return undefined
}
