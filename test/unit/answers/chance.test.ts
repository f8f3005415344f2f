// How many texts of a selection are made, by whether they are shown again.
import { expect, it } from 'vitest'
import { createChance, noteFailure, noteShown, spend } from '../../../src/answers/chance.ts'
import type { Begun, Chance } from '../../../src/answers/chance.ts'

/** How many of so many objects get a text. */
function make(chance: Chance, objects: number, begun: Begun = new Set()): number {
  let made = 0
  for (let object = 0; object < objects; object += 1) if (spend(chance, begun)) made += 1
  return made
}

it('one request makes the texts of all objects of a long list, and the next one that shows them goes on', () => {
  const chance = createChance(1, true)
  expect(make(chance, 250)).toBe(250)
  expect(make(chance, 1)).toBe(0)
  for (let object = 0; object < 200; object += 1) noteShown(chance)
  expect(make(chance, 50)).toBe(50)
})

it.each([1, 20, 250])('where nobody shows them, few are made: lists of %i', (objects) => {
  const chance = createChance(1, true)
  let made = 0
  for (let request = 0; request < 50_000 / objects; request += 1) made += make(chance, objects)
  expect(made / 50_000).toBeLessThan(0.08)
  expect(made).toBeGreaterThan(1000)
})

it('a request that has failed to make some makes no more', () => {
  const chance = createChance(1, true)
  const begun: Begun = new Set()
  let tried = 0
  for (let object = 0; object < 250; object += 1)
    if (spend(chance, begun)) {
      tried += 1
      noteFailure(chance, begun)
    }
  expect(tried).toBe(4)
})

it('no request makes texts without end, and where it is not worth it none is made', () => {
  expect(make(createChance(1, true), 5000)).toBeLessThan(1200)
  expect(make(createChance(1, false), 5000)).toBe(0)
})
