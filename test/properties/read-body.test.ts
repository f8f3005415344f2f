// Any JSON as the body of any operation: read as what was asked for, or refused; never a throw, never another's object.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Endpoint } from '../../src/aurora/endpoint.ts'
import { READS } from '../../src/aurora/reads.ts'
import { isMembers } from '../../src/aurora/body.ts'
import { readBody } from '../../src/rest/read-body.ts'

const endpoint = fc.constantFrom(...Object.values<Endpoint>(READS))

/** Names that bodies and their older forms have, so that what reads them is met. */
const NAMES =
  'id design_id address latitude customer_address location partner_id partner_ids roofs faces panels modules ' +
  'manufacturer manufacturer_name item_type item_cost system_cost system_cost_breakdown pricing_mode ' +
  'storage_system_cost_breakdown then __proto__ constructor toString'
const name = fc.constantFrom(...NAMES.split(' '), '')

const { value: anyInner } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom<unknown>(null, true, 0, 7, 1.5, '', 'x-1', 'adders', 'adders_without_discounts'),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  // As JSON.parse makes them: a member called __proto__ is one like any other.
  object: fc
    .array(fc.tuple(name, tie('value')), { maxLength: 5 })
    .map((entries) => Object.fromEntries(entries)),
}))

const body = endpoint.chain((one) =>
  fc.record({
    endpoint: fc.constant(one),
    body: fc.oneof(
      anyInner,
      anyInner.map((inner) => ({ [one.wrapper ?? 'roofs']: inner })),
      fc.array(anyInner, { maxLength: 5 }).map((items) => ({ [one.wrapper ?? 'roofs']: items })),
    ),
  }),
)

it('a body is read as what its operation answers, or not at all', () => {
  fc.assert(
    fc.property(body, ({ endpoint: one, body: given }) => {
      const before = JSON.stringify(given)
      const read = readBody(one, 'x-1', given)

      expect(JSON.stringify(given)).toBe(before)
      if (read === null) return
      const items = one.answers === 'list' ? (read.value as readonly unknown[]) : [read.value]
      const isNone = (item: unknown): boolean => item === null && one.mayBeAbsent === true
      expect(items.every((item) => isMembers(item) || isNone(item))).toBe(true)
      expect(Object.hasOwn(Object.prototype, 'deep')).toBe(false)
    }),
    { numRuns: 3000 },
  )
})

const isEmpty = (item: unknown): boolean => Object.keys(item as object).length === 0

it('a list keeps the place of every item; those that have no id have no members', () => {
  const lists = fc.constantFrom(...Object.values<Endpoint>(READS).filter(({ answers }) => answers === 'list'))
  fc.assert(
    fc.property(lists, fc.array(anyInner, { maxLength: 6 }), (one, given) => {
      const read = readBody(one, undefined, { [one.wrapper ?? '']: given })
      const isOdd = (item: unknown): boolean =>
        !isMembers(item) || (one.idMember !== undefined && !isId(item[one.idMember]))
      const odd = given.filter(isOdd).length

      if (read === null) {
        expect(odd).toBe(given.length)
        return
      }
      const items = read.value as readonly unknown[]
      expect(items).toHaveLength(given.length)
      expect(read.unreadable).toBe(odd)
      for (const [index, item] of items.entries()) if (isOdd(given[index])) expect(isEmpty(item)).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

const isId = (id: unknown): boolean => (typeof id === 'string' && id !== '') || Number.isSafeInteger(id)
