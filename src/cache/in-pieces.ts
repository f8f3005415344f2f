// Divides what is done for each item of a very long list into turns of the event loop.

/** Each takes some microseconds. Lists of Aurora are shorter, but for the users of the largest tenants. */
export const ITEMS_AT_ONCE = 2_000

/** Does the first piece at once, and each further one in a later turn, as long as `isWanted`. */
export function doInPieces<Item>(
  items: readonly Item[],
  act: (item: Item) => void,
  isWanted: () => boolean,
): void {
  items.slice(0, ITEMS_AT_ONCE).forEach(act)
  if (items.length <= ITEMS_AT_ONCE) return
  setImmediate(() => {
    if (isWanted()) doInPieces(items.slice(ITEMS_AT_ONCE), act, isWanted)
  })
}
