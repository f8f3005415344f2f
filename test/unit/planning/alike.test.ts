// Imagined objects that are alike: one of them is executed for all.
import { expect, it } from 'vitest'
import { createAlike } from '../../../src/planning/alike.ts'

it('an item is described once, when it was made: to gather thousands later is quick', () => {
  let described = 0
  const value = {
    toJSON() {
      described += 1
      return 'x'
    },
  }
  const alike = createAlike(() => {})
  const items = Array.from({ length: 3 }, (_, index) => ({ id: `imagined-project-${index}`, value }))
  for (const item of items) {
    alike.prepare(item)
    alike.note(item)
  }
  expect(described).toBe(3)
  expect(alike.gatherItems(items)).toHaveLength(1)
  expect(alike.gather(items.map(({ id }) => ({ key: id })))).toHaveLength(1)
  expect(described).toBe(3)
})

it.each([
  ['longer', 3, 2],
  ['shorter', 2, 3],
])('gives up where a slice of the list that was gathered before was %s', (_what, before, after) => {
  let givenUp = 0
  const alike = createAlike(() => void (givenUp += 1))
  const items = Array.from({ length: 3 }, (_, index) => ({ id: `imagined-project-${index}` }))
  for (const item of items) alike.note(item)
  const gather = (count: number) => alike.gather(items.slice(0, count).map(({ id }) => ({ key: id })))
  expect(gather(before)).toHaveLength(1)
  expect(gather(before)).toHaveLength(1)
  expect(givenUp).toBe(0)
  gather(after)
  expect(givenUp).toBe(1)
})

it('an item that is all that is left of its list stands for the others there', () => {
  const alike = createAlike(() => {
    throw new Error('given up')
  })
  const items = Array.from({ length: 3 }, (_, index) => ({ id: `imagined-project-${index}` }))
  for (const { id } of alike.gatherItems(items)) alike.gather([{ key: String(id) }])
  expect(alike.covered({ id: 'imagined-project-0' })).toHaveLength(3)
})
