// How many objects of a kind lists show: none are missed while one is left, and nothing stays behind.
import { expect, it } from 'vitest'
import { createListedCounts } from '../../../src/cache/listed-counts.ts'
import { buildScope } from '../../support/builders.ts'

const { key: sun } = buildScope('sk_of_sun')
const { key: moon } = buildScope('sk_of_moon')

it('objects of a kind are looked for until the last one of their scope has left', () => {
  const counts = createListedCounts()
  const project = { scope: sun, listedAs: 'project' } as const
  counts.add(project)
  counts.add(project)
  counts.add({ scope: moon, listedAs: 'design' })
  counts.add({ scope: sun, listedAs: null })
  const shown = () => [
    counts.hasAny(sun, 'project'),
    counts.hasAny(sun, 'design'),
    counts.hasAny(moon, 'design'),
  ]

  expect(shown()).toEqual([true, false, true])
  counts.remove(project)
  counts.remove({ scope: sun, listedAs: null })
  expect(shown()).toEqual([true, false, true])
  counts.remove(project)
  expect(shown()).toEqual([false, false, true])
})
