// How many indexes there are, and which of them leave.
import { expect, it } from 'vitest'
import { createListIndexes } from '../../../src/list-index/list-indexes.ts'

const open = (maxBytes: number) =>
  createListIndexes({
    maxBytes,
    clock: { wallMs: () => 0, monotonicMs: () => 0 },
    watchTouches: () => () => false,
    mark: () => 0,
    objectsSince: () => null,
  })

const countKnown = (lists: ReturnType<typeof open>, names: readonly string[]): number =>
  names.filter((name) => lists.known(name) !== null).length

it('indexes without a row count, too, so that there are never many of them', () => {
  const lists = open(1_000_000)
  const names = Array.from({ length: 1000 }, (_, index) => `scope${index} listProjects`)
  for (const name of names) lists.open(name, 'listProjects')
  expect(countKnown(lists, names)).toBeLessThan(50)
  expect(lists.known('scope999 listProjects')).not.toBeNull()
})

it('asking for an index makes none', () => {
  const lists = open(1_000_000)
  expect(lists.known('one')).toBeNull()
  expect(lists.known('one')).toBeNull()
  const made = lists.open('one', 'listProjects')
  expect(lists.open('one', 'listProjects')).toBe(made)
  expect(lists.known('one')).toBe(made)
})

it('the index that was used last stays, however large it is, and the others leave', () => {
  const lists = open(60_000)
  lists.open('other', 'listProjects')
  const large = lists.open('large', 'listProjects')
  expect(countKnown(lists, ['other', 'large'])).toBe(2)
  large.index.put(
    0,
    Array.from({ length: 200 }, (_, index) => ({ id: `p${index}`, name: `Customer ${index}` })),
  )
  lists.keep('large', large)
  expect(countKnown(lists, ['other', 'large'])).toBe(1)
  expect(lists.known('large')).toBe(large)
})

it('a credential with indexes larger than all memory leaves a quarter to those of others', () => {
  const lists = open(200_000)
  const quiet = lists.open('quiet listProjects', 'listProjects')
  const items = Array.from({ length: 2_000 }, (_, index) => ({ id: `p${index}`, name: `Customer ${index}` }))
  for (const name of ['large listProjects', 'huge listProjects', 'large listProjects']) {
    const known = lists.open(name, 'listProjects')
    known.index.put(0, items)
    lists.keep(name, known)
    expect(lists.known(name)).toBe(known)
    expect(lists.known('quiet listProjects')).toBe(quiet)
  }
  expect(lists.known('huge listProjects')).toBeNull()
})
