// Every list of the catalogue over an Aurora of odd lists: each object that Aurora shows comes exactly once, in the order of the list.
import fc from 'fast-check'
import { getNamedType, getNullableType, isListType, isObjectType } from 'graphql'
import type { GraphQLField } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ALL_READS } from '../../src/aurora/reads.ts'
import type { ReadEndpoint } from '../../src/aurora/reads.ts'
import { schema } from '../../src/graphql/schema.ts'
import { buildScope, TENANT_ID } from '../support/builders.ts'
import { examplesOf } from '../support/examples.ts'
import { openOddLists } from '../support/odd-lists.ts'
import type { OddList, OddLists } from '../support/odd-lists.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { Answer, TestGateway } from '../support/test-gateway.ts'

let aurora: OddLists
let small: TestGateway
let large: TestGateway

beforeAll(async () => {
  aurora = await openOddLists()
  small = await createTestGateway({ baseUrl: aurora.url, config: { pageSize: SMALL } })
  large = await createTestGateway({ baseUrl: aurora.url })
})
afterAll(async () => {
  await small[Symbol.asyncDispose]()
  await large[Symbol.asyncDispose]()
  await aurora[Symbol.asyncDispose]()
})

/** Pages so small that a few items make many of them; a page of 4 or fewer may always be a full one with hidden rows. */
const SMALL = 4

interface ListField {
  readonly operation: string
  readonly parent: string
  readonly name: string
  readonly isSliced: boolean
  readonly isPaged: boolean
}

/** All fields that show a list of the catalogue whose items have an id; a new one is found by itself. */
const FIELDS: readonly ListField[] = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) => {
      const read = readOf(field)
      if (!read || !isListOfObjects(read)) return []
      const { operation, isPaged = false } = read
      const isSliced = isConnection(field)
      // What has changed in a list is a type of its own.
      if (!isSliced && !isListType(getNullableType(field.type))) return []
      return { operation, parent: type.name, name: field.name, isSliced, isPaged }
    }),
  )

function isConnection({ type }: GraphQLField<unknown, unknown>): boolean {
  const named = getNamedType(type)
  return isObjectType(named) && 'pageInfo' in named.getFields()
}

function isListOfObjects({ answers, idMember }: ReadEndpoint): boolean {
  return answers === 'list' && idMember !== undefined
}

function readOf({ extensions }: GraphQLField<unknown, unknown>) {
  const { operation } = extensions as { operation?: string }
  return ALL_READS.find((read) => read.operation === operation)
}

it('every list of the catalogue is shown by a field', () => {
  const lists = ALL_READS.filter(isListOfObjects).map(({ operation }) => operation)
  expect([...new Set(FIELDS.map(({ operation }) => operation))].toSorted()).toEqual(lists.toSorted())
})

const TIMES: Readonly<Record<string, (index: number, seed: number) => unknown>> = {
  falling: (index) => new Date(Date.UTC(2026, 7, 1) - index * 1000).toISOString(),
  rising: (index) => new Date(Date.UTC(2026, 7, 1) + index * 1000).toISOString(),
  random: (index, seed) => new Date(Date.UTC(2026, 7, 1) + ((index * 7919 + seed) % 17) * 1000).toISOString(),
  'without a zone': (index, seed) =>
    new Date(Date.UTC(2026, 7, 1) + ((index * 7919 + seed) % 5) * 1000)
      .toISOString()
      .slice(0, 19 - (index % 2) * 3),
  'all the same': () => '2026-08-01 12:00:00 UTC',
  none: () => undefined,
  'no times': (index) => ['soon', null, 7, '2026-02-30T00:00:00Z', {}][index % 5],
  'some times': (index) =>
    index % 3 === 0 ? 'soon' : new Date(Date.UTC(2026, 7, 1) - index * 1000).toISOString(),
}

const times = fc.tuple(fc.constantFrom(...Object.keys(TIMES)), fc.nat(16))
const timesOf =
  ([kind, seed]: readonly [string, number]) =>
  (index: number) =>
    TIMES[kind]?.(index, seed)

const rarely = fc.oneof(
  { weight: 6, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
)

/** Small pages: cut anywhere, any rows hidden, any rows repeated. */
const smallList = fc
  .record({
    count: fc.nat(30),
    order: fc.nat(1000),
    times,
    cap: fc.integer({ min: 1, max: SMALL + 1 }),
    hidden: fc.array(fc.nat(40), { maxLength: 12 }),
    repeats: fc.array(fc.tuple(fc.nat(30), fc.nat(40)), { maxLength: 6 }),
    ignoresPage: rarely,
    clampsPage: rarely,
  })
  .map((plan): OddList => {
    const ids = shuffle(
      Array.from({ length: plan.count }, (_, index) => `i${index}`),
      plan.order,
    )
    for (const [from, to] of plan.repeats) if (ids[from] !== undefined) ids.splice(to, 0, ids[from])
    const hidden = new Set(plan.hidden)
    return { ...plan, ids, hidden, timeOf: timesOf(plan.times) }
  })

/**
 * Large pages: cut at sizes that servers have, with a few hidden rows anywhere and a hidden block of at most half a page
 * behind the first page.
 */
const largeList = fc
  .record({
    count: fc.oneof(fc.nat(320), fc.nat(900)),
    order: fc.nat(1000),
    times,
    cap: fc.constantFrom(20, 25, 50, 100, 200, 250, 500),
    few: fc.array(fc.nat(320), { maxLength: 2 }),
    block: fc.record({ offset: fc.nat(450), count: fc.nat(125) }),
    clampsPage: fc.boolean(),
    ignoresPage: fc.constant(false),
  })
  .map((plan): OddList => {
    const ids = shuffle(
      Array.from({ length: plan.count }, (_, index) => `i${index}`),
      plan.order,
    )
    const { offset, count } = plan.block
    const from = Math.max(plan.cap, 250) + offset
    const block = Array.from({ length: Math.min(count, plan.cap / 2, 125) }, (_, index) => from + index)
    // A block and two more rows of its page may be more than half of it.
    const hidden = new Set([...block.slice(plan.few.length), ...plan.few])
    return { ...plan, ids, hidden, timeOf: timesOf(plan.times) }
  })

/** Not cut. */
const wholeList = smallList.map((list): OddList => ({ ...list, cap: Infinity }))

/** The same order for the same seed. */
function shuffle(ids: readonly string[], seed: number): string[] {
  const keyOf = (index: number): number => Math.sin(seed * 1000 + index)
  const order = ids.map((_, index) => index).toSorted((left, right) => keyOf(left) - keyOf(right))
  return order.map((index) => ids[index] ?? '')
}

/** What Aurora shows page by page; null where a page in between shows nothing new, which looks like the end of the list. */
function visible(
  { ids, cap = Infinity, hidden, ignoresPage }: OddList,
  pageSize: number,
): readonly string[] | null {
  const size = ignoresPage ? Infinity : Math.min(cap, pageSize)
  const seen = new Set<string>()
  let isOver = false
  for (let start = 0; start < ids.length; start += size) {
    const page = ids.slice(start, start + size).filter((_, index) => !hidden?.has(start + index))
    const countBefore = seen.size
    for (const id of page) seen.add(id)
    if (isOver && seen.size > countBefore) return null
    isOver ||= seen.size === countBefore
  }
  return [...seen]
}

let asked = 0

/** A scope of its own, so that nothing is cached or learned before. */
function createAsk(gateway: TestGateway) {
  const scope = buildScope(`sk_sand_${(asked += 1)}`, TENANT_ID, new URL(aurora.url))
  return async (query: string): Promise<Answer<Record<string, unknown>>> => {
    const request = new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
    const response = await gateway.handle(request, { scope })
    return (await response.json()) as Answer<Record<string, unknown>>
  }
}

type Ask = ReturnType<typeof createAsk>

async function readField(ask: Ask, field: ListField, firsts: readonly number[]): Promise<readonly string[]> {
  const shown: string[] = []
  let after = ''
  for (let index = 0; index < 200; index += 1) {
    const first = firsts[index % firsts.length] ?? 1
    const { data, errors } = await ask(queryOf(field, first, after))
    expect(errors).toBeUndefined()
    const from = (field.parent === 'Query' ? data : data?.['node']) as Nested | null
    const value = from?.[field.name]
    if (!field.isSliced) return idsIn(value)
    const { nodes, pageInfo } = value as Connection
    expect(nodes.length).toBeLessThanOrEqual(first)
    shown.push(...idsIn(nodes))
    if (!pageInfo.hasNextPage) return shown
    after = `, after: ${JSON.stringify(pageInfo.endCursor)}`
  }
  throw new Error('it never ends')
}

type Nested = Readonly<Record<string, unknown>>

interface Connection {
  readonly nodes: readonly Nested[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

function queryOf({ parent, name, isSliced }: ListField, first: number, after: string): string {
  const field = isSliced
    ? `${name}(first: ${first}${after}) { nodes { id } pageInfo { hasNextPage endCursor } }`
    : `${name} { id }`
  return parent === 'Query'
    ? `{ ${field} }`
    : `{ node(id: "${parent}:above") { ... on ${parent} { ${field} } } }`
}

const idsIn = (items: unknown): readonly string[] =>
  (items as readonly Nested[]).map(({ id }) => String(id).split(/[:/]/).at(-1) ?? '')

const paged = FIELDS.filter(({ isPaged }) => isPaged)
const firsts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 })
const runs = { numRuns: examplesOf(20) }

/** One list has an order of its own. */
const inOrderOf = ({ name }: ListField, ids: readonly string[] | null): readonly string[] | null =>
  name === 'usersConnection' ? (ids?.toSorted() ?? null) : ids

describe.each(paged)('$parent.$name', (field) => {
  const readAll = async (ask: Ask, sizes: readonly number[]) =>
    inOrderOf(field, await readField(ask, field, sizes))

  it('in small pages, cut at any size, with hidden and repeated rows: each object is shown once', async () => {
    await fc.assert(
      fc.asyncProperty(smallList, firsts, async (list, sizes) => {
        const expected = inOrderOf(field, visible(list, SMALL))
        fc.pre(expected !== null)
        aurora.set(list)
        const ask = createAsk(small)
        expect(await readAll(ask, sizes)).toEqual(expected)
        // The second time with what was learned.
        expect(await readAll(ask, sizes)).toEqual(expected)
      }),
      runs,
    )
  })

  it('in pages of 250, or as Aurora cuts them: each object is shown once', async () => {
    await fc.assert(
      fc.asyncProperty(largeList, fc.integer({ min: 60, max: 250 }), async (list, first) => {
        aurora.set(list)
        const ask = createAsk(large)
        expect(await readAll(ask, [first])).toEqual(inOrderOf(field, visible(list, 250)))
        expect(await readAll(ask, [first])).toEqual(inOrderOf(field, visible(list, 250)))
      }),
      { numRuns: examplesOf(4) },
    )
  })
})

describe.each(FIELDS.filter(({ isPaged }) => !isPaged))('$parent.$name', (field) => {
  it('asked for whole, or cut by Aurora at a size that servers have: each object is shown once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(wholeList, largeList), async (list) => {
        aurora.set(list)
        expect(await readField(createAsk(large), field, [1])).toEqual(visible(list, Infinity))
      }),
      { numRuns: examplesOf(10) },
    )
  })
})
