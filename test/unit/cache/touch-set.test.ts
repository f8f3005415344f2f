// Touches that are reported together: each once, and so many at the most that a report stays small.
import { expect, it } from 'vitest'
import type { Touch } from '../../../src/cache/invalidation.ts'
import { createTouchSet } from '../../../src/cache/touch-set.ts'

const OWN = 'retrieveProject'
const LIST = 'listProjects'
const own = (id: string): Touch => ({ operation: OWN, path: { project_id: id } })
const listed = (of: string): Touch => ({ operation: LIST, path: {}, of })

it('an equal touch is there once, and one of all objects takes the place of those that come after it', () => {
  const set = createTouchSet()
  const several: Touch = {
    operation: 'retrievePerformanceSimulationStatus',
    path: { design_id: 'd', job_id: 'j' },
  }
  set.add([own('a'), listed('a'), several])
  set.add([{ ...several, path: { ...several.path } }, own('a'), own('b'), listed('a'), listed('b')])
  expect(set.list()).toEqual([own('a'), listed('a'), several, own('b'), listed('b')])
  set.add([{ operation: OWN, path: {} }, own('c')])
  expect(set.list()).toEqual([
    own('a'),
    listed('a'),
    several,
    own('b'),
    listed('b'),
    { operation: OWN, path: {} },
  ])
})

it('more than 64 objects of a list are all of it, and leave other touches as they are', () => {
  const set = createTouchSet()
  set.add([own('a')])
  for (let index = 0; index < 64; index += 1) set.add([listed(`p-${index}`)])
  for (let times = 0; times < 100; times += 1) set.add([listed('p-0')])
  expect(set.list()).toHaveLength(65)
  set.add([listed('p-64'), listed('p-65')])
  expect(set.list()).toEqual([own('a'), { operation: LIST, path: {} }])
  const user: Touch = { operation: 'listUsers', path: {}, of: 'u' }
  set.add([listed('p-66'), own('b'), user])
  expect(set.list()).toEqual([own('a'), { operation: LIST, path: {} }, own('b'), user])
})

it('more than 800 touches lose their ids', () => {
  const set = createTouchSet()
  for (let index = 0; index < 800; index += 1) set.add([own(`p-${index}`)])
  expect(set.list()).toHaveLength(800)
  set.add([own('another')])
  expect(set.list()).toEqual([{ operation: OWN, path: {} }])
})
