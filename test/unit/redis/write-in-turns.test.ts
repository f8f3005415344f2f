// A long list is written piece by piece, with a turn of the event loop for each, and is the same JSON.
import { expect, it } from 'vitest'
import { writeInTurns } from '../../../src/redis/write-in-turns.ts'
import { nextTurn } from '../../../src/turns/next-turn.ts'

/** How many turns of the event loop pass until the work is done. */
async function countTurns(work: Promise<unknown>): Promise<number> {
  const state = { isDone: false }
  void work.finally(() => (state.isDone = true))
  let turns = 0
  for (; !state.isDone; turns += 1) await nextTurn()
  return turns
}

const ITEMS = Array.from({ length: 1000 }, (_, index) => ({ id: `p-${index}`, name: 'n'.repeat(1000) }))

it('a list of one megabyte takes a turn for each 64 KB', async () => {
  const json = JSON.stringify(ITEMS)
  expect(await countTurns(writeInTurns(ITEMS, json.length))).toBeGreaterThanOrEqual(15)
  expect(String(await writeInTurns(ITEMS, json.length))).toBe(json)
})

it('a list without items is written also where its body was long: servers may indent what they send', async () => {
  expect(String(await writeInTurns([], 100_000))).toBe('[]')
})
