// Answers of imagined calls: few objects are made in one turn of the event loop, and in the order asked.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { InTurn } from '../../../src/turns/pace.ts'
import { createBounds } from '../../../src/planning/bounds.ts'
import { createTurns } from '../../../src/planning/turns.ts'
import type { Making } from '../../../src/planning/turns.ts'

function* make(objects: number, onMade: (count: number) => void): Making<number> {
  for (let made = 0; made < objects; made += 50) {
    onMade(50)
    yield 50
  }
  return objects
}

it('an answer of many objects is made in many turns, and others of the process are between them', async () => {
  const fields = { left: Infinity }
  const pieces: (() => void)[] = []
  const inTurn: InTurn = (piece) => {
    pieces.push(piece)
    return () => {}
  }
  const bounds = createBounds({ maxCalls: 100, fields, inTurn })
  const turns = createTurns(bounds)
  let made = 0
  const order: string[] = []
  const answers = [10_000, 0, 100].map((objects, index) =>
    turns.answer(() => make(objects, (count) => (made += count))).then(() => order.push(`answer ${index}`)),
  )
  let most = 0
  let count = 0
  while (order.length < 3) {
    await nextTurn()
    const before = made
    const piece = pieces.shift()
    if (piece) count += 1
    piece?.()
    most = Math.max(most, made - before)
  }
  await Promise.all(answers)
  expect({ most, order }).toEqual({ most: 500, order: ['answer 0', 'answer 1', 'answer 2'] })
  expect(count).toBeGreaterThanOrEqual(20)
  expect(pieces).toEqual([])
})

it('objects that are made count in what a request may plan, and nothing is answered beyond that', async () => {
  const fields = { left: 1_000 }
  const bounds = createBounds({ maxCalls: 100, fields })
  let made = 0
  void createTurns(bounds).answer(() => make(1_000_000, (count) => (made += count)))
  await bounds.passed
  await nextTurn()
  expect(made).toBeLessThanOrEqual(2_500)
})

it('an answer that cannot be made rejects its call alone', async () => {
  const turns = createTurns(createBounds({ maxCalls: 100, fields: { left: Infinity } }))
  const failing = turns.answer(function* (): Making<never> {
    yield 1
    throw new Error('refused')
  })
  const other = turns.answer(() => make(0, () => {}))
  await expect(failing).rejects.toThrow('refused')
  expect(await other).toBe(0)
})
