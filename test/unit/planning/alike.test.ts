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
    alike.look(item)
    alike.note(item)
  }
  expect(described).toBe(3)
  expect(alike.gatherItems(items)).toHaveLength(1)
  expect(alike.gather(items.map(({ id }) => ({ key: id })))).toHaveLength(1)
  expect(described).toBe(3)
})
