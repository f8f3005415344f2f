// What is done for each item of a very long list, in turns of the event loop.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { doInPieces, ITEMS_AT_ONCE } from '../../../src/cache/in-pieces.ts'

const items = Array.from({ length: 3 * ITEMS_AT_ONCE }, (_, index) => index)

it('a piece is done in each turn, in order', async () => {
  const done: number[] = []
  const lengths: number[] = []
  doInPieces(
    items,
    (item) => done.push(item),
    () => true,
  )
  while (done.length < items.length) {
    lengths.push(done.length)
    await nextTurn()
  }
  expect(lengths).toEqual([ITEMS_AT_ONCE, 2 * ITEMS_AT_ONCE])
  expect(done).toEqual(items)
})

it('nothing more is done when it is not wanted any more', async () => {
  let done = 0
  doInPieces(
    items,
    () => (done += 1),
    () => false,
  )
  for (let turn = 0; turn < 5; turn += 1) await nextTurn()
  expect(done).toBe(ITEMS_AT_ONCE)
})
