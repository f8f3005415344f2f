import { describe, expect, test } from 'vitest'
import { ENDPOINTS } from '../../../src/rest/endpoints.ts'
import type { Endpoint } from '../../../src/rest/endpoints.ts'
import { isMembers, readBody } from '../../../src/rest/read-body.ts'

const all = Object.values<Endpoint>(ENDPOINTS)
const objects = all.filter(({ answers }) => answers === 'object')
const lists = all.filter(({ answers }) => answers === 'list')

/** By the contract, not by the table under test. */
const WRAPPERS: Readonly<Record<string, string>> = {
  retrieveTenant: 'tenant',
  listUsers: 'users',
  retrieveUser: 'user',
  listTeams: 'teams',
  listPartners: 'partners',
  listProjects: 'projects',
  retrieveProject: 'project',
  retrieveConsumptionProfile: 'consumption_profile',
  listDesigns: 'designs',
  retrieveDesign: 'design',
  retrieveDesignSummary: 'design',
  retrieveDesignPricing: 'pricing',
  listFinancings: 'financings',
  retrieveFinancing: 'financing',
}

const WRONG_SHAPES: readonly [string, unknown][] = [
  ['null', null],
  ['a text', 'project'],
  ['a number', 7],
  ['true', true],
  ['an array', [{ id: 'x-1' }]],
]

describe.each(objects)('the object that $operation answers', (endpoint) => {
  const { operation, idMember = 'id' } = endpoint
  const wrapper = WRAPPERS[operation] ?? ''

  test('comes out of its wrapper, with members nobody knows', () => {
    const object = { [idMember]: 'x-1', brand_new: { deep: [1] } }

    expect(readBody(endpoint, 'x-1', { [wrapper]: object, meta: 1 })).toEqual({ value: object, dropped: 0 })
  })

  test.each(WRONG_SHAPES)('is refused where the whole body is %s', (_what, body) => {
    expect(readBody(endpoint, 'x-1', body)).toBeNull()
  })

  test.each(WRONG_SHAPES)('is refused where the wrapper holds %s', (_what, inner) => {
    expect(readBody(endpoint, 'x-1', { [wrapper]: inner })).toBeNull()
  })
})

describe.each(lists)('the list that $operation answers', (endpoint) => {
  const wrapper = WRAPPERS[endpoint.operation] ?? ''

  test('comes out of its wrapper in its order', () => {
    const items = [{ id: 'b' }, { id: 'a', name: 'x' }]

    expect(readBody(endpoint, undefined, { [wrapper]: items })).toEqual({ value: items, dropped: 0 })
  })

  test('may be empty', () => {
    expect(readBody(endpoint, undefined, { [wrapper]: [] })).toEqual({ value: [], dropped: 0 })
  })

  test('leaves out and counts what nothing could refer to', () => {
    const items = [{ id: 'a' }, {}, { id: null }, { id: 7 }, { id: '' }, null, 'text', [{ id: 'b' }]]

    expect(readBody(endpoint, undefined, { [wrapper]: items })).toEqual({ value: [{ id: 'a' }], dropped: 7 })
  })

  test.each(
    [null, {}, 'text', 7, { 0: { id: 'a' }, length: 1 }].map((inner) => [JSON.stringify(inner), inner]),
  )('is refused where the wrapper holds %s', (_text, inner) => {
    expect(readBody(endpoint, undefined, { [wrapper]: inner })).toBeNull()
  })

  test('is refused without its wrapper', () => {
    expect(readBody(endpoint, undefined, [{ id: 'a' }])).toBeNull()
    expect(readBody(endpoint, undefined, { items: [{ id: 'a' }] })).toBeNull()
  })
})

test('every operation of the table is tried here', () => {
  expect(all.map(({ operation }) => operation).toSorted()).toEqual(Object.keys(WRAPPERS).toSorted())
})

describe('an object is matched by its own id', () => {
  const { retrieveDesign, retrieveDesignSummary, retrieveDesignPricing } = ENDPOINTS

  test.each<[what: string, endpoint: Endpoint, inner: object, isTaken: boolean]>([
    ['the id asked for', retrieveDesign, { id: 'd-1' }, true],
    ['the id asked for in other case', retrieveDesign, { id: 'D-1' }, true],
    ['another id', retrieveDesign, { id: 'd-2' }, false],
    ['an id that is null', retrieveDesign, { id: null }, false],
    ['an id that is a number', retrieveDesign, { id: 1 }, false],
    ['no id at all, by which nothing can be said', retrieveDesign, { name: 'x' }, true],
    ['a summary under the design asked for', retrieveDesignSummary, { design_id: 'd-1', id: 'other' }, true],
    ['a summary of another design', retrieveDesignSummary, { design_id: 'd-2', id: 'd-1' }, false],
    ['a price, which has no id of its own', retrieveDesignPricing, { id: 'other' }, true],
  ])('%s', (_what, endpoint, inner, isTaken) => {
    expect(readBody(endpoint, 'd-1', { [endpoint.wrapper]: inner }) !== null).toBe(isTaken)
  })
})

describe('pricing', () => {
  const { retrieveDesignPricing, retrieveProject } = ENDPOINTS

  test('may come without its wrapper', () => {
    const read = readBody(retrieveDesignPricing, 'd-1', { system_price: 5 })

    expect(read?.value).toEqual({ system_price: 5 })
  })

  test('is the only object that may', () => {
    expect(readBody(retrieveProject, 'p-1', { id: 'p-1', name: 'bare' })).toBeNull()
  })
})

test('older names are made current on the way, in objects and in items of lists', () => {
  const flat = { id: 'p-1', address: '1 Main St' }
  const current = { ...flat, location: { property_address: '1 Main St' } }

  expect(readBody(ENDPOINTS.retrieveProject, 'p-1', { project: flat })?.value).toEqual(current)
  expect(readBody(ENDPOINTS.listProjects, undefined, { projects: [flat] })?.value).toEqual([current])
})

test('a member called __proto__ is a member like any other', () => {
  const body: unknown = JSON.parse(
    '{"project": {"id": "p-1", "address": "x", "__proto__": {"polluted": true}}}',
  )

  const read = readBody(ENDPOINTS.retrieveProject, 'p-1', body)

  expect(isMembers(read?.value) && read.value['polluted']).toBeUndefined()
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})
