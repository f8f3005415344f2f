import { describe, expect, it } from 'vitest'
import { carriedMembers } from '../../../src/aurora/members.ts'
import { READS } from '../../../src/aurora/reads.ts'
import { WRITES } from '../../../src/aurora/writes.ts'
import type { Endpoint } from '../../../src/aurora/endpoint.ts'
import { contract, resolve } from '../../../schema/read-contract.ts'
import { isMembers } from '../../../src/aurora/body.ts'
import { readBody } from '../../../src/rest/read-body.ts'

const all = Object.values<Endpoint>(READS)
const wrapped = all.filter(({ wrapper }) => wrapper !== null)
const objects = wrapped.filter(({ answers }) => answers === 'object')
const lists = wrapped.filter(({ answers }) => answers === 'list')
const bare = all.filter(({ wrapper }) => wrapper === null)

/** By the contract, not by the table under test: the one required member of each answer. */
const WRAPPERS = new Map(all.map(({ operation, route }) => [operation, readWrapper(route)]))

function readWrapper(route: string): string | undefined {
  const schema = resolve(contract.paths[route]?.get.responses['200'].content['application/json'].schema)
  const [only, ...others] = schema?.required ?? []
  return others.length === 0 ? only : undefined
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
  const wrapper = WRAPPERS.get(operation) ?? ''

  it('is read from its wrapper, unknown members included', () => {
    const object = { [idMember]: 'x-1', brand_new: { deep: [1] } }

    expect(readBody(endpoint, 'x-1', { [wrapper]: object, meta: 1 })).toEqual({
      value: object,
      unreadable: 0,
    })
  })

  it.each(WRONG_SHAPES)('is refused where the whole body is %s', (_what, body) => {
    expect(readBody(endpoint, 'x-1', body)).toBeNull()
  })

  it.each(WRONG_SHAPES.filter(([, inner]) => !(inner === null && endpoint.mayBeAbsent)))(
    'is refused where the wrapper holds %s',
    (_what, inner) => {
      expect(readBody(endpoint, 'x-1', { [wrapper]: inner })).toBeNull()
    },
  )
})

it.each(objects.filter(({ mayBeAbsent }) => mayBeAbsent))(
  '$operation may say by a null in its wrapper that there is none, as it may by 404',
  (endpoint) => {
    const body = { [WRAPPERS.get(endpoint.operation) ?? '']: null }

    expect(readBody(endpoint, 'x-1', body)).toEqual({ value: null, unreadable: 0 })
  },
)

describe.each(lists)('the list that $operation answers', (endpoint) => {
  const wrapper = WRAPPERS.get(endpoint.operation) ?? ''

  it('is read from its wrapper in its order', () => {
    const items = [{ id: 'b' }, { id: 'a', name: 'x' }]

    expect(readBody(endpoint, undefined, { [wrapper]: items })).toEqual({ value: items, unreadable: 0 })
  })

  it('may be empty', () => {
    expect(readBody(endpoint, undefined, { [wrapper]: [] })).toEqual({ value: [], unreadable: 0 })
  })

  it('keeps the places of items without an id, without members, and counts them', () => {
    const items = [{ id: 'a' }, {}, { id: null }, { id: '' }, null, 'text', [{ id: 'b' }]]
    const known = endpoint.idMember === undefined ? items.slice(0, 4) : items.slice(0, 1)

    expect(readBody(endpoint, undefined, { [wrapper]: items })).toEqual({
      value: items.map((item, index) => (index < known.length ? item : {})),
      unreadable: items.length - known.length,
    })
  })

  it('takes ids that are numbers', () => {
    expect(readBody(endpoint, undefined, { [wrapper]: [{ id: 7 }] })?.value).toEqual([{ id: 7 }])
  })

  it('is refused where nothing in it could be read', () => {
    expect(readBody(endpoint, undefined, { [wrapper]: [null, 'text'] })).toBeNull()
  })

  it.each(
    [null, {}, 'text', 7, { 0: { id: 'a' }, length: 1 }].map((inner) => [JSON.stringify(inner), inner]),
  )('is refused where the wrapper holds %s', (_text, inner) => {
    expect(readBody(endpoint, undefined, { [wrapper]: inner })).toBeNull()
  })

  it.each<[what: string, body: unknown]>([
    ['is the body itself', [{ id: 'a' }]],
    ['is the only list in it', { items: [{ id: 'a' }], total: 1, next: null, meta: { page: 1 } }],
  ])('is read without its wrapper where it %s', (_what, body) => {
    expect(readBody(endpoint, undefined, body)).toEqual({ value: [{ id: 'a' }], unreadable: 0 })
  })

  it('is empty where the body itself is an empty list', () => {
    expect(readBody(endpoint, undefined, [])).toEqual({ value: [], unreadable: 0 })
  })

  it.each<[what: string, body: unknown]>([
    ['two lists', { items: [{ id: 'a' }], included: [{ id: 'b' }] }],
    ['an empty list, which may be one of anything', { items: [], total: 0 }],
    ['a list of texts', { tags: ['a'] }],
    ['a list further inside', { data: { items: [{ id: 'a' }] } }],
    ['a list of errors', { errors: [{ id: 'a', title: 'Down' }], jsonapi: { version: '1.0' } }],
    ['the object in which there are lists', { project: { id: 'a', tags: ['x'] } }],
  ])('is refused without its wrapper where there is %s', (_what, body) => {
    expect(readBody(endpoint, undefined, body)).toBeNull()
  })
})

it.each(all)('$operation has the wrapper of the contract', ({ operation, wrapper }) => {
  expect(wrapper ?? undefined).toEqual(wrapper === null ? undefined : WRAPPERS.get(operation))
})

it.each(bare)('$operation answers with the body itself', (endpoint) => {
  const body = { anything: 1 }
  expect(readBody(endpoint, 'x-1', body)).toEqual({ value: body, unreadable: 0 })
  expect(readBody(endpoint, 'x-1', [body])).toBeNull()
  expect(readBody(endpoint, 'x-1', null)).toBeNull()
})

it.each([READS.retrieveRoofSummary, READS.retrieveAgreementDownloadLink])(
  '$operation is no text for people',
  (endpoint) => {
    const [member = ''] = carriedMembers(endpoint.operation)
    const text = { message: 'Come back later' }

    expect(readBody(endpoint, 'x-1', text)).toBeNull()
    expect(readBody(endpoint, 'x-1', { ...text, [member]: null })).not.toBeNull()
    expect(readBody(READS.getSiteSurveyRequest, 'x-1', text)?.value).toEqual(text)
  },
)

describe.each(all)('the success that $operation answers', (endpoint) => {
  it.each<[what: string, body: object]>([
    ['errors', { errors: [{ message: 'The service is down' }] }],
    ['errors that are texts', { errors: ['The service is down'] }],
    ['one error', { error: 'The service is down' }],
    ['an error that is an object', { error: { message: 'The service is down' } }],
    [
      'errors and what servers write beside them',
      { errors: ['Down'], status: 500, message: 'Down', meta: {} },
    ],
    ['what Node servers answer', { statusCode: 500, error: 'Internal Server Error', message: 'Down' }],
    [
      'what Java servers answer',
      { timestamp: '2026-11-30T10:00:00Z', status: 500, error: 'Internal Server Error', path: '/x' },
    ],
  ])('is refused where it contains %s alone', (_what, body) => {
    expect(readBody(endpoint, 'x-1', body)).toBeNull()
  })

  it.each<[what: string, inner: unknown]>([
    ['null', null],
    ['an empty list', []],
    ['an empty object', {}],
  ])('is refused where its wrapper contains %s beside errors', (_what, inner) => {
    const body = { [endpoint.wrapper ?? 'data']: inner, errors: [{ message: 'The service is down' }] }

    expect(readBody(endpoint, 'x-1', body)).toBeNull()
  })

  it('is as it is beside errors that are none', () => {
    const inner = endpoint.answers === 'list' ? [] : { [endpoint.idMember ?? 'x']: 'x-1' }
    const body = { [endpoint.wrapper ?? 'data']: inner, error: null, errors: [] }

    expect(readBody(endpoint, 'x-1', body)).not.toBeNull()
  })
})

describe('an object is matched by its own id', () => {
  const { retrieveDesign, retrieveDesignSummary, retrieveDesignPricing } = READS

  it.each<[what: string, endpoint: Endpoint, inner: object, isTaken: boolean]>([
    ['the id asked for', retrieveDesign, { id: 'd-1' }, true],
    ['the id asked for in other case', retrieveDesign, { id: 'D-1' }, true],
    ['another id', retrieveDesign, { id: 'd-2' }, false],
    ['an id that is null', retrieveDesign, { id: null }, false],
    ['an id that is a number', retrieveDesign, { id: 1 }, false],
    ['no id, by which nothing can be said', retrieveDesign, { name: 'x' }, true],
    ['nothing at all', retrieveDesign, {}, false],
    ['a summary of nothing', retrieveDesignSummary, {}, false],
    ['a price of nothing, which a design may have', retrieveDesignPricing, {}, true],
    ['a summary under the design asked for', retrieveDesignSummary, { design_id: 'd-1', id: 'other' }, true],
    ['a summary of another design', retrieveDesignSummary, { design_id: 'd-2', id: 'd-1' }, false],
    ['a price, which has no id of its own', retrieveDesignPricing, { id: 'other' }, true],
  ])('%s', (_what, endpoint, inner, isTaken) => {
    expect(readBody(endpoint, 'd-1', { [String(endpoint.wrapper)]: inner }) !== null).toBe(isTaken)
  })
})

const identified = objects.filter(({ idMember, form }) => idMember !== undefined && form !== 'job')

describe.each(identified)(
  'without its wrapper, the object that $operation answers',
  ({ operation, ...rest }) => {
    const endpoint: Endpoint = { operation, ...rest }
    const { idMember = 'id' } = endpoint
    const asked = { [idMember]: 'X-1', name: 'found' }

    it.each<[what: string, body: object]>([
      ['is the body itself', { ...asked, below: { [idMember]: 'x-2' } }],
      ['has another name', { result: asked, meta: { page: 1 } }],
      ['is beside other objects', { result: asked, owner: { [idMember]: 'x-2' } }],
    ])('is found by the id that was asked for where it %s', (_what, body) => {
      expect(readBody(endpoint, 'x-1', body)?.value).toEqual(expect.objectContaining(asked))
    })

    it.each<[what: string, body: object]>([
      ['another id', { result: { [idMember]: 'x-2' } }],
      ['no id', { name: 'found' }],
      ['two objects with the id', { one: asked, two: asked }],
      ['an error about it', { error: asked, trace: 'x' }],
      ['only something further inside with the id', { data: { result: asked } }],
      ['an object inside a list', { results: [asked] }],
    ])('is refused where there is %s', (_what, body) => {
      expect(readBody(endpoint, 'x-1', body)).toBeNull()
    })
  },
)

it.each([READS.retrieveTenant, READS.retrieveProjectBillSummary, READS.retrieveDesignBillSummary])(
  '$operation, of which no page shows the body, may come bare or under another name',
  (endpoint) => {
    const body = endpoint.operation === 'retrieveTenant' ? { name: 'Helion' } : { project_id: 'p-1' }

    expect(readBody(endpoint, undefined, body)?.value).toEqual(body)
    expect(readBody(endpoint, undefined, { summary: body })?.value).toEqual(body)
    expect(readBody(endpoint, undefined, { message: 'Come back later' })).toBeNull()
  },
)

describe('pricing', () => {
  const { retrieveDesignPricing } = READS

  it('may come without its wrapper', () => {
    const read = readBody(retrieveDesignPricing, 'd-1', { system_price: 5 })

    expect(read?.value).toEqual({ system_price: 5 })
  })

  it('is no text for people, and none in which nothing of a price is', () => {
    expect(readBody(retrieveDesignPricing, 'd-1', { message: 'Come back later' })).toBeNull()
    expect(readBody(retrieveDesignPricing, 'd-1', { result: { text: 'x' } })).toBeNull()
  })
})

describe('the answer to a write', () => {
  const { updateDesignPricing, updateConsumptionProfile, updateProject, runAiRoof } = WRITES

  it.each<[what: string, endpoint: Endpoint, body: object, value: object | null]>([
    ['is nothing where it is an empty object', updateProject, {}, null],
    ['is nothing where it begins a job and is empty', runAiRoof, {}, null],
    ['is found under another name', updateProject, { ok: true, data: { id: 'p-1' } }, { id: 'p-1' }],
    ['is found under another name without an id', updateDesignPricing, { data: { x: 1 } }, { x: 1 }],
    [
      'is the price itself, whatever objects nobody knows are in it',
      updateDesignPricing,
      { system_price: 5, currency: { code: 'USD' } },
      { system_price: 5, currency: { code: 'USD' } },
    ],
    [
      'is the profile itself, though what is in it has an id',
      updateConsumptionProfile,
      { project_id: 'p-1', rate: { id: 'r-1' } },
      { project_id: 'p-1', rate: { id: 'r-1' } },
    ],
  ])('%s', (_what, endpoint, body, value) => {
    expect(readBody(endpoint, undefined, body)?.value).toEqual(value)
  })

  it('is no job where it contains only the error of one', () => {
    const body = { status: 'failed', error: { message: 'no roof' } }

    expect(readBody(READS.retrieveAiRoofStatus, 'j-1', body)).toBeNull()
  })
})

it('older names become current ones, in objects and in items of lists', () => {
  const flat = { id: 'p-1', address: '1 Main St' }
  const current = { ...flat, updated_at: null, location: { property_address: '1 Main St' } }

  expect(readBody(READS.retrieveProject, 'p-1', { project: flat })?.value).toEqual(current)
  expect(readBody(READS.listProjects, undefined, { projects: [flat] })?.value).toEqual([current])
})

it('a member called __proto__ is a member like any other', () => {
  const body: unknown = JSON.parse(
    '{"project": {"id": "p-1", "address": "x", "__proto__": {"polluted": true}}}',
  )

  const read = readBody(READS.retrieveProject, 'p-1', body)

  expect(isMembers(read?.value) && read.value['polluted']).toBeUndefined()
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})
