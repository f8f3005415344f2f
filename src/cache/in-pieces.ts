// Divides work on each item of a very long list into turns of the event loop.

/** Each takes some microseconds. Aurora's lists are shorter, except for the users of the largest tenants. */
export const ITEMS_AT_ONCE = 2_000

/** Does the first piece at once, and each further one in a later turn, as long as `isWanted`. */
export function doInPieces<Item>(
  items: readonly Item[],
  act: (item: Item, index: number) => void,
  isWanted: () => boolean,
): void {
  doFrom(0, { items, act, isWanted })
}

interface Work<Item> {
  readonly items: readonly Item[]
  readonly act: (item: Item, index: number) => void
  readonly isWanted: () => boolean
}

function doFrom<Item>(begin: number, work: Work<Item>): void {
  const { items, act, isWanted } = work
  const end = Math.min(begin + ITEMS_AT_ONCE, items.length)
  for (let index = begin; index < end; index += 1) act(items[index] as Item, index)
  if (end === items.length) return
  setImmediate(() => {
    if (isWanted()) doFrom(end, work)
  })
}
