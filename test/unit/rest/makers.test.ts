// The maker of each part of a summary, whatever its name is and wherever it is written.
import { describe, expect, it } from 'vitest'
import { readOlderNames } from '../../../src/rest/older-names.ts'

const read = (summary: object) => readOlderNames('designSummary', { design_id: 'd', ...summary })

const moduleOf = (summary: object) => {
  const [array] = read(summary)['arrays'] as readonly { module: { manufacturer?: unknown } }[]
  return array?.module
}

describe('the maker of the module of an array', () => {
  const BILL = [
    { id: 'm1', name: 'Black 400', manufacturer_name: 'Corvid' },
    { id: 'm2', name: 'White 400', manufacturer_name: 'Lumenor' },
    { id: null, name: 'Nameless 400', manufacturer_name: 'Pebble' },
  ]

  it.each([
    ['is that of the bill of materials with its id', { id: 'm1' }, 'Corvid'],
    ['is found by an id in capitals', { id: 'M1' }, 'Corvid'],
    ['is found where its own is null', { id: 'm2', manufacturer: null }, 'Lumenor'],
    ['is found where its own is empty', { id: 'm2', manufacturer: ' ' }, 'Lumenor'],
    ['stays its own', { id: 'm1', manufacturer: 'Own' }, 'Own'],
    ['has another name', { id: 'm1', manufacturer_name: 'Own' }, 'Own'],
    ['has a third name', { id: 'm1', maker: 'Own' }, 'Own'],
    ['is found by the name of a part without an id', { name: 'White 400' }, 'Lumenor'],
    ['is found by the name of a line without an id', { id: 'm9', name: 'Nameless 400' }, 'Pebble'],
  ])('%s', (_what, module, manufacturer) => {
    expect(moduleOf({ bill_of_materials: BILL, arrays: [{ module }] })).toMatchObject({ manufacturer })
  })

  it.each([
    ['the id is that of another component of the same name', { id: 'm9', name: 'Black 400' }],
    ['nothing names it', { id: 'm9', name: 'Other' }],
    ['it has neither id nor name', {}],
  ])('is unknown where %s', (_what, module) => {
    expect(moduleOf({ bill_of_materials: BILL, arrays: [{ module }] })).toEqual(module)
  })

  it('is unknown where two makers have a component of its name', () => {
    const bill = [...BILL, { id: 'm3', name: 'Black 400', manufacturer_name: 'Lumenor' }]

    expect(moduleOf({ bill_of_materials: bill, arrays: [{ module: { name: 'Black 400' } }] })).toEqual({
      name: 'Black 400',
    })
  })

  it('leaves an id beyond 2^53 as it was in a list that is a JSON text', () => {
    const arrays = '[{"module":{"id":9007199254740993}}]'
    expect(moduleOf({ bill_of_materials: BILL, arrays })).toEqual({ id: '9007199254740993' })
  })

  it('is found in lists that are JSON texts', () => {
    const arrays = JSON.stringify([{ module: { id: 'm1' } }])

    expect(moduleOf({ bill_of_materials: JSON.stringify(BILL), arrays })).toMatchObject({
      manufacturer: 'Corvid',
    })
  })
})

describe('the maker of another part', () => {
  it.each(['string_inverters', 'storage_inverters', 'batteries'])('of %s has any of its names', (list) => {
    const devices = [{ manufacturer: 'A' }, { manufacturer_name: 'B' }, { maker: 'C' }, { id: 'x' }]

    expect(read({ bill_of_materials: [{ id: 'x', manufacturer: 'D' }], [list]: devices })).toMatchObject({
      [list]: ['A', 'B', 'C', 'D'].map((manufacturer) => ({ manufacturer })),
    })
  })

  it.each(['microinverter', 'dc_optimizer'])('of the %s of an array is in the bill of materials', (part) => {
    const bill_of_materials = [{ id: 'x', manufacturer_name: 'D' }]

    expect(read({ bill_of_materials, arrays: [{ [part]: { id: 'x' } }] })).toMatchObject({
      arrays: [{ [part]: { manufacturer: 'D' } }],
    })
  })

  it('of a line of the bill of materials is on the part, where only the part names it', () => {
    const arrays = [{ module: { id: 'm', manufacturer: 'A' } }]

    expect(read({ bill_of_materials: [{ id: 'm' }, { manufacturer: 'B' }], arrays })).toMatchObject({
      bill_of_materials: [{ manufacturer_name: 'A' }, { manufacturer_name: 'B' }],
    })
  })

  it.each([
    ['pricing', 'pricing_by_component'],
    ['rackingComponents', 'racking_components'],
  ] as const)('of a line of %s has either name', (kind, list) => {
    const lines = [{ manufacturer: 'A' }, { manufacturer_name: 'B' }, { manufacturer: null }]

    expect(readOlderNames(kind, { [list]: lines })).toMatchObject({
      [list]: [{ manufacturer_name: 'A' }, { manufacturer_name: 'B' }, { manufacturer_name: null }],
    })
  })

  it.each(['module', 'inverter', 'dcOptimizer'] as const)(
    'of a listed %s is known under either name',
    (kind) => {
      const makerOf = (members: object) => readOlderNames(kind, { id: 'c', ...members })['manufacturer_name']

      expect(makerOf({ manufacturer: 'A' })).toBe('A')
      expect(makerOf({ manufacturer: 'A', manufacturer_name: null })).toBe('A')
      expect(makerOf({ manufacturer: 'A', manufacturer_name: 'B' })).toBe('B')
      expect(makerOf({ manufacturer: null })).toBe(null)
      expect(makerOf({})).toBe(undefined)
    },
  )
})

it.each([
  {},
  { bill_of_materials: null, arrays: null, string_inverters: null },
  { bill_of_materials: 'text', arrays: '[not JSON', batteries: 7 },
  { bill_of_materials: [null, 7, [{}]], arrays: [null, { module: 'text' }, { module: null }] },
])('a summary of another form comes out as it is: %j', (odd) => {
  expect(read(odd)).toEqual({ design_id: 'd', ...odd })
})

it('a summary is not changed itself: others may hold it', () => {
  const summary = { bill_of_materials: [{ id: 'm', maker: 'A' }], arrays: [{ module: { id: 'm' } }] }
  const before = structuredClone(summary)

  read(summary)

  expect(summary).toEqual(before)
})
