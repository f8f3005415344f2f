// An index of a list against a plain filter over the items of its pages, while pages come, change, shift and go.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Members } from '../../src/aurora/body.ts'
import { addWords, foldText, readSearch } from '../../src/list-index/fold-text.ts'
import { createListIndex } from '../../src/list-index/list-index.ts'
import type { Found, ListIndex, Question } from '../../src/list-index/list-index.ts'
import { PROJECT_SPEC } from '../../src/list-index/project-spec.ts'
import { readTimeMs } from '../../src/aurora/times.ts'
import { examplesOf } from '../support/examples.ts'

const STATUSES = ['Sold', 'sold', 'Lost']
const TAGS = ['north', 'south', '["north"]', '1north']
const NAMES = [
  'Zoë Müller',
  'ZOE MULLER',
  'O’Brien & Sons',
  'Ångström',
  '東京 solar',
  '',
  '  ',
  'obrien',
  'ﬁeld',
]
const TIMES = ['2026-03-04 17:25:09 UTC', '2026-03-04T17:25:10.000Z', '2025-01-01T00:00:00Z', 'never']

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 6 })

/** Members may be absent, and rows may be unreadable. */
const item: fc.Arbitrary<Members> = fc
  .record({
    id: fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 1, max: 12 }).map((id) => `p${id}`) },
      fc.constant(null),
    ),
    status: maybe(fc.constantFrom(...STATUSES, null)),
    tags: maybe(fc.uniqueArray(fc.constantFrom(...TAGS), { maxLength: 3 })),
    name: maybe(fc.constantFrom(...NAMES, null)),
    created_at: maybe(fc.constantFrom(...TIMES)),
    external_provider_id: maybe(fc.constantFrom('CRM-1', 'CRM-2', '')),
  })
  .map((members) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)))

type Step =
  | { readonly is: 'put'; readonly page: number; readonly items: readonly Members[] }
  | { readonly is: 'cut' | 'takeOut'; readonly page: number }

const page = fc.nat(3)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ is: fc.constant('put'), page, items: fc.array(item, { maxLength: 5 }) }),
  },
  fc.record({ is: fc.constantFrom('cut', 'takeOut'), page }),
)

const SORTS = ['CREATED_AT', 'NAME', 'STATUS'] as const

const question = fc.record({
  values: fc.record(
    {
      status: fc.array(fc.constantFrom(...STATUSES), { minLength: 1, maxLength: 2 }),
      tags: fc.array(fc.constantFrom(...TAGS), { minLength: 1, maxLength: 2 }),
      externalProviderId: fc.constant(['CRM-1']),
    },
    { requiredKeys: [] },
  ),
  ranges: fc.constantFrom<Question['ranges']>(
    {},
    { CREATED_AT: { from: readTimeMs(TIMES[0]), to: readTimeMs(TIMES[1]) } },
  ),
  words: fc
    .constantFrom('', 'mull', 'zoe M', "o'brien", 'brien', 'ÅNG', '東', 'crm-1', 'sons o', 'field')
    .map(readSearch),
  sort: fc.record({ by: fc.constantFrom(...SORTS), isDescending: fc.boolean() }),
  limit: fc.integer({ min: 1, max: 4 }),
  isFromEnd: fc.boolean(),
})

/** The rows of all pages; where a row is on several, each of them may be the one that is shown. */
function isMatch(members: Members, { values, ranges, words }: Omit<Question, 'after' | 'before'>): boolean {
  const own = new Set<string>()
  for (const text of PROJECT_SPEC.texts(members)) addWords(own, text)
  const createdAtMs = readTimeMs(members['created_at'])
  const range = ranges['CREATED_AT']
  return (
    Object.entries(values).every(([name, wanted]) => {
      const found = PROJECT_SPEC.values[name as keyof typeof PROJECT_SPEC.values](members) ?? []
      return wanted.some((value) => found.includes(value))
    }) &&
    (!range || (createdAtMs >= (range.from ?? 0) && createdAtMs < (range.to ?? 0))) &&
    words.every((word) => [...own].some((each) => each.startsWith(word)))
  )
}

function naiveOrder(rows: readonly Members[], { by, isDescending }: Question['sort']): readonly string[] {
  const valueOf = (members: Members): string | number | null => {
    const value = PROJECT_SPEC.sorts[by as (typeof SORTS)[number]](members)
    if (typeof value === 'string') return foldText(value).trim() || null
    return Number.isNaN(value) ? null : value
  }
  const idOf = ({ id }: Members): string => String(id)
  const compare = (one: string | number, other: string | number): number =>
    one === other ? 0 : one < other ? -1 : 1
  const filled = rows
    .filter((row) => valueOf(row) !== null)
    .toSorted(
      (one, other) => compare(valueOf(one) ?? 0, valueOf(other) ?? 0) || compare(idOf(one), idOf(other)),
    )
  const empty = rows
    .filter((row) => valueOf(row) === null)
    .toSorted((one, other) => compare(idOf(one), idOf(other)))
  return [...(isDescending ? filled.toReversed() : filled), ...empty].map(idOf)
}

function walk(
  index: ListIndex,
  asked: Omit<Question, 'after' | 'before'>,
): { found: Found[]; ids: string[] } {
  const found: Found[] = []
  let ids: string[] = []
  let edge: Question['after'] = null
  for (;;) {
    const slice: Found = index.find({
      ...asked,
      after: asked.isFromEnd ? null : edge,
      before: asked.isFromEnd ? edge : null,
    })
    found.push(slice)
    const own = slice.rows.map(({ id }) => id)
    ids = asked.isFromEnd ? [...own, ...ids] : [...ids, ...own]
    edge = (asked.isFromEnd ? slice.rows[0] : slice.rows.at(-1))?.place ?? null
    if (!(asked.isFromEnd ? slice.hasPrevious : slice.hasNext)) return { found, ids }
  }
}

it('filter, search, sort and count find what a plain filter finds, slice by slice, in both directions', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), question, (steps, asked) => {
      const index = createListIndex(PROJECT_SPEC)
      const pages = new Map<number, readonly Members[]>()
      const rows = new Map<string, Members>()
      for (const each of steps) {
        if (each.is === 'put') {
          pages.set(each.page, each.items)
          index.put(each.page, each.items)
        } else if (each.is === 'takeOut') {
          pages.delete(each.page)
          index.takeOut(each.page)
        } else {
          for (const number of pages.keys()) if (number >= each.page) pages.delete(number)
          index.cut(each.page)
        }
        // A row whose page is gone is shown by another page only after that one was put again.
        for (const [number, items] of pages) index.put(number, items)
      }
      for (const [number, items] of pages) expect(index.has(number, items)).toBe(true)
      for (const items of pages.values())
        for (const members of items) if (typeof members['id'] === 'string') rows.set(members['id'], members)
      const { found, ids } = walk(index, asked)
      // What a repeated row shows depends on the page that came last, so the model takes what the index says of the place.
      const shown = new Map<string, Members>()
      for (const { rows: own } of walk(index, { ...asked, values: {}, ranges: {}, words: [], limit: 50 })
        .found)
        for (const { id, position } of own) {
          const members = pages.get(position.page)?.[position.index]
          expect(members?.['id']).toBe(id)
          if (members) shown.set(id, members)
        }
      expect([...shown.keys()].toSorted()).toEqual([...rows.keys()].toSorted())
      const matching = [...shown.values()].filter((members) => isMatch(members, asked))
      expect(ids).toEqual(naiveOrder(matching, asked.sort))
      for (const { total } of found) expect(total).toBe(matching.length)
      expect(index.size().rows).toBe(rows.size)
    }),
    { numRuns: examplesOf(100) },
  )
})

it('a slice continues behind its cursor, whatever has come, gone or changed meanwhile', () => {
  const still = fc.uniqueArray(fc.integer({ min: 100, max: 130 }), { minLength: 3, maxLength: 12 })
  const moving = fc.uniqueArray(fc.integer({ min: 100, max: 130 }), { maxLength: 12 })
  const toItems = (numbers: readonly number[], prefix: string): readonly Members[] =>
    numbers.map((number) => ({ id: `${prefix}${number}`, name: `n${number}`, created_at: null }))
  fc.assert(
    fc.property(still, moving, moving, fc.boolean(), (fixed, before, after, isDescending) => {
      const index = createListIndex(PROJECT_SPEC)
      index.put(0, [...toItems(fixed, 'still'), ...toItems(before, 'moving')])
      const asked = {
        values: {},
        ranges: {},
        words: [],
        sort: { by: 'NAME', isDescending },
        isFromEnd: false,
        before: null,
      }
      const first = index.find({ ...asked, limit: 2, after: null })
      index.put(0, [...toItems(after, 'moving'), ...toItems(fixed, 'still').toReversed()])
      const rest = index.find({ ...asked, limit: 100, after: first.rows.at(-1)?.place ?? null })
      const seen = [...first.rows, ...rest.rows].map(({ id }) => id).filter((id) => id.startsWith('still'))
      expect(seen.toSorted()).toEqual(fixed.map((number) => `still${number}`).toSorted())
    }),
    { numRuns: examplesOf(100) },
  )
})
