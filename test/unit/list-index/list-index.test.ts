// What an index of a list does with odd texts, rows on two pages, and what changes leave behind.
import { expect, it } from 'vitest'
import { readSearch } from '../../../src/list-index/fold-text.ts'
import { createListIndex } from '../../../src/list-index/list-index.ts'
import type { Question } from '../../../src/list-index/list-index.ts'
import { PROJECT_SPEC } from '../../../src/list-index/project-spec.ts'

const ASKED: Question = {
  values: {},
  ranges: {},
  words: [],
  sort: { by: 'NAME', isDescending: false },
  limit: 10,
  isFromEnd: false,
  after: null,
  before: null,
}

it.each([
  ['Straße des 17. Juni', 'strasse'],
  ['Łódź', 'lodz'],
  ['Søren Æbelø', 'aebe sor'],
  ['İstanbul', 'istanbul'],
  ['ΌΜΗΡΟΣ', 'ομηρος'],
  ['e\u0301clair', 'ÉCL'],
  ['Mu\u0308ller\u200b-Lüdenscheidt', 'ludensch mul'],
  ["D'Angelo", 'angelo'],
  ['D’Angelo', "d'ang"],
  ['DʼAngelo', 'dangelo'],
  ['D´Angelo', 'dangelo'],
  ['D‘Angelo', "angelo d'angelo"],
  ["D'Angelo", 'd´angelo'],
  ['\ufdfa'.repeat(1000), 'صلى'],
  ['CRM-20418', '20418'],
  ['𝕊olar 𐐀𐐁', 'solar 𐐨'],
  ['x'.repeat(5000), 'x'.repeat(64)],
])('%s is found by %s', (name, search) => {
  const index = createListIndex(PROJECT_SPEC)
  index.put(0, [
    { id: 'p1', name },
    { id: 'p2', name: 'other' },
  ])
  expect(index.find({ ...ASKED, words: readSearch(search) }).rows.map(({ id }) => id)).toEqual(['p1'])
})

it('a search finds beginnings of words only, and takes no sign for a pattern', () => {
  const index = createListIndex(PROJECT_SPEC)
  index.put(0, [{ id: 'p1', name: 'Auckland Way (north).*' }])
  const count = (search: string): number => index.find({ ...ASKED, words: readSearch(search) }).total
  expect([count('auck way'), count('land'), count('.*'), count('a.c'), count('way auck nor')]).toEqual([
    1, 0, 1, 0, 1,
  ])
})

it('a row that shows no such member makes a filter by it uncertain, and null does not', () => {
  const index = createListIndex(PROJECT_SPEC)
  index.put(0, [
    { id: 'p1', status: null },
    { id: 'p2', status: 'Sold' },
  ])
  const asked = { ...ASKED, values: { status: ['Sold'] } }
  expect(index.find(asked)).toMatchObject({ total: 1, hasUnknown: false })
  index.put(1, [{ id: 'p3' }])
  expect(index.find(asked)).toMatchObject({ total: 1, hasUnknown: true })
  expect(index.find(ASKED).hasUnknown).toBe(false)
  index.put(1, [{ id: 'p3', status: 'Lost' }])
  expect(index.find(asked).hasUnknown).toBe(false)
})

it('a row that leaves one of its two pages is to be put again by the other, which may show less of it', () => {
  const index = createListIndex(PROJECT_SPEC)
  const second = [{ id: 'p1', name: 'old' }]
  index.put(1, second)
  index.put(0, [{ id: 'p1', name: 'new' }])
  expect(index.has(1, second)).toBe(true)
  index.put(0, [])
  expect(index.has(1, second)).toBe(false)
  index.put(1, second)
  expect(index.find(ASKED).rows).toEqual([
    { id: 'p1', place: { value: 'old', id: 'p1' }, position: { page: 1, index: 0 } },
  ])
})

it('texts that no row has any more take no memory for good', () => {
  const index = createListIndex(PROJECT_SPEC)
  const put = (round: number): void =>
    index.put(
      0,
      Array.from({ length: 100 }, (_, row) => ({
        id: `p${row}`,
        name: `name${round}x${row}`,
        external_provider_id: `e${round}x${row}`,
        tags: [`a${round}x${row}`, `b${row}`],
      })),
    )
  put(0)
  const { bytes } = index.size()
  for (let round = 1; round < 30; round += 1) put(round)
  expect(index.size()).toMatchObject({ rows: 100 })
  expect(index.size().bytes).toBeLessThan(30 * bytes)
  const found = index.find({
    ...ASKED,
    words: ['name29x7'],
    values: { tags: ['b7'], externalProviderId: ['e29x7'] },
  })
  expect(found.rows.map(({ id }) => id)).toEqual(['p7'])
  expect(index.find({ ...ASKED, words: ['name28x7'] }).total).toBe(0)
})

it('a text of characters that become many is cut', () => {
  const index = createListIndex(PROJECT_SPEC)
  index.put(0, [{ id: 'p1', name: `${'\ufdfa'.repeat(300)} Auckland` }])
  expect(index.find({ ...ASKED, words: ['auckland'] }).total).toBe(0)
})

it('a member that no field can show as text is not known', () => {
  const index = createListIndex(PROJECT_SPEC)
  index.put(0, [{ id: 'p1', status: { name: '7' }, tags: ['north', null] }])
  expect(index.find({ ...ASKED, values: { status: ['7'] } })).toMatchObject({ total: 0, hasUnknown: true })
  expect(index.find({ ...ASKED, values: { tags: ['north'] } })).toMatchObject({ total: 0, hasUnknown: true })
})
