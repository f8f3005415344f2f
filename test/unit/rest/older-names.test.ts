import { describe, expect, it } from 'vitest'
import { readOlderNames } from '../../../src/rest/older-names.ts'

describe('a project of 2018.01 or 2022.09', () => {
  it('gets its location and mailing address from its flat members, which stay', () => {
    const flat = {
      id: 'p',
      address: '1 Main St',
      latitude: 37.1,
      longitude: -122.2,
      customer_address: '2 Elm St',
    }

    expect(readOlderNames('project', flat)).toEqual({
      ...flat,
      location: { property_address: '1 Main St', latitude: 37.1, longitude: -122.2 },
      mailing_address: '2 Elm St',
      updated_at: null,
    })
  })

  it('with coordinates only has a location without an address', () => {
    expect(readOlderNames('project', { latitude: 1, longitude: 2 })).toMatchObject({
      location: { latitude: 1, longitude: 2 },
    })
  })

  it('keeps members that are null, since null is known', () => {
    const flat = { id: 'p', address: null, latitude: null, longitude: null, customer_address: null }

    expect(readOlderNames('project', flat)).toMatchObject({
      location: { property_address: null, latitude: null, longitude: null },
      mailing_address: null,
    })
  })
})

describe('the preferred modules of a project', () => {
  it.each([
    ['of 2022.09 are those it calls panels', { preferred_solar_panels: ['m1'] }, ['m1']],
    ['of 2022.09 that are null are known to be null', { preferred_solar_panels: null }, null],
    ['of 2022.09 that are none are none', { preferred_solar_panels: [] }, []],
    ['win', { preferred_solar_modules: [], preferred_solar_panels: ['m1'] }, []],
    ['win where they are null', { preferred_solar_modules: null, preferred_solar_panels: ['m1'] }, null],
  ])('%s', (_what, members, modules) => {
    expect(readOlderNames('project', members)).toMatchObject({ preferred_solar_modules: modules })
  })

  it('are unknown where neither name is there', () => {
    expect(Object.hasOwn(readOlderNames('project', { id: 'p' }), 'preferred_solar_modules')).toBe(false)
  })
})

describe('the time of the last change', () => {
  it.each([
    ['project', { location: {} }],
    ['project', { address: '1 Main St' }],
    ['agreement', { status: 'sent' }],
  ] as const)('of a %s that is not thin is known to be absent: %j', (kind, members) => {
    expect(readOlderNames(kind, members)).toMatchObject({ updated_at: null })
  })

  it.each([
    ['project', { id: 'a', name: 'n', created_at: '2026-03-04 17:25:09 UTC' }],
    ['agreement', { id: 'a' }],
  ] as const)('of a %s that is thin is unknown: %j', (kind, members) => {
    expect(readOlderNames(kind, members)).toBe(members)
  })

  it('stays where Aurora has it', () => {
    const members = { status: 'sent', location: null, updated_at: '2026-03-04 17:25:09 UTC' }

    expect(readOlderNames('agreement', members)).toBe(members)
    expect(readOlderNames('project', members)).toBe(members)
  })
})

describe('a project of 2024.05', () => {
  it('comes out as it is', () => {
    const project = {
      id: 'p',
      location: { property_address: 'a' },
      mailing_address: 'b',
      preferred_solar_modules: ['m'],
      name: 'n',
    }

    expect(readOlderNames('project', project)).toEqual({ ...project, updated_at: null })
  })

  it('without a location does not get one', () => {
    const read = readOlderNames('project', { id: 'p' })

    expect(Object.hasOwn(read, 'location')).toBe(false)
    expect(Object.hasOwn(read, 'mailing_address')).toBe(false)
  })

  it('wins over flat members beside it, also where its own are null', () => {
    const both = { location: null, address: 'old', mailing_address: null, customer_address: 'old' }

    expect(readOlderNames('project', both)).toEqual({ ...both, updated_at: null })
  })
})

describe('pricing before 2024.05', () => {
  const older = {
    pricing_mode: 'price per watt',
    price_per_watt: 3.05,
    system_cost: 38_000,
    system_cost_breakdown: [
      { item_type: 'starting_cost', item_cost: 500, cumulative_cost: 500 },
      { item_type: 'base_cost', item_cost: 40_260, cumulative_cost: 40_760 },
      {
        item_type: 'adders_without_discounts',
        item_cost: 1000,
        cumulative_cost: 41_760,
        subcomponents: [{ adder_name: 'Roof', quantity: 1 }],
      },
      { item_type: 'adders', item_cost: -2000, cumulative_cost: 39_760 },
      { item_type: 'incentives', item_cost: -1760, cumulative_cost: 38_000 },
    ],
    storage_system_cost_breakdown: [{ item_type: 'adders', item_cost: -5, cumulative_cost: -5 }],
  }

  it('has its costs as prices', () => {
    expect(readOlderNames('pricing', older)).toMatchObject({
      pricing_method: 'price per watt',
      system_price: 38_000,
      price_per_watt: 3.05,
    })
  })

  it('has its `adders` as discounts and its `adders_without_discounts` as adders', () => {
    const { system_price_breakdown: steps } = readOlderNames('pricing', older)

    expect(steps).toMatchObject([
      { item_type: 'starting_price', item_price: 500, cumulative_price: 500 },
      { item_type: 'base_price', item_price: 40_260, cumulative_price: 40_760 },
      {
        item_type: 'adders',
        item_price: 1000,
        cumulative_price: 41_760,
        subcomponents: [{ adder_name: 'Roof', quantity: 1 }],
      },
      { item_type: 'discounts', item_price: -2000, cumulative_price: 39_760 },
      { item_type: 'incentives', item_price: -1760, cumulative_price: 38_000 },
    ])
  })

  it('has the steps of its storage read in the same way', () => {
    const { storage_system_price_breakdown: steps } = readOlderNames('pricing', older)

    expect(steps).toMatchObject([{ item_type: 'discounts', item_price: -5 }])
  })

  it('does not break on steps of unknown type or form', () => {
    const odd = [null, 'text', { item_type: 'new_kind', item_cost: 1 }, { item_price: 2, item_cost: 3 }, {}]

    const { system_price_breakdown: steps } = readOlderNames('pricing', { system_cost_breakdown: odd })

    expect(steps).toMatchObject([
      null,
      'text',
      { item_type: 'new_kind', item_price: 1 },
      { item_price: 2 },
      {},
    ])
  })

  it('passes a breakdown that is null or no list as it is', () => {
    expect(readOlderNames('pricing', { system_cost_breakdown: null })).toMatchObject({
      system_price_breakdown: null,
    })
    expect(readOlderNames('pricing', { system_cost_breakdown: 'text' })).toMatchObject({
      system_price_breakdown: 'text',
    })
  })

  it('has a breakdown read that is a JSON text', () => {
    const text = JSON.stringify(older.system_cost_breakdown)

    expect(readOlderNames('pricing', { system_cost_breakdown: text })).toMatchObject({
      system_price_breakdown: readOlderNames('pricing', older)['system_price_breakdown'],
    })
  })

  it('is not changed itself: others may hold it', () => {
    const before = structuredClone(older)

    readOlderNames('pricing', older)

    expect(older).toEqual(before)
  })
})

describe('pricing of 2024.05', () => {
  const current = {
    pricing_method: 'flat price',
    system_price: 0,
    system_price_breakdown: [
      { item_type: 'adders', item_price: 1000, cumulative_price: 1000 },
      { item_type: 'discounts', item_price: -10, cumulative_price: 990 },
    ],
    storage_system_price_breakdown: null,
  }

  it('keeps its `adders` as adders', () => {
    expect(readOlderNames('pricing', current)).toEqual(current)
  })

  it('wins over older members beside it, also where it is null', () => {
    const both = { ...current, system_cost: 9, storage_system_cost_breakdown: [{ item_type: 'adders' }] }

    expect(readOlderNames('pricing', both)).toEqual(both)
  })
})

describe('a user', () => {
  it.each([
    ['of 2022.09 has its partner as the only one of its partners', { partner_id: 'a' }, ['a']],
    ['of 2024.05 keeps its partners', { partner_id: 'a', partner_ids: ['b', 'c'] }, ['b', 'c']],
    ['of 2024.05 without partners has none', { partner_id: 'a', partner_ids: [] }, []],
  ])('%s', (_what, user, partnerIds) => {
    expect(readOlderNames('user', user)).toMatchObject({ partner_ids: partnerIds })
  })

  it.each([{ partner_id: null }, { partner_id: '' }])('of 2022.09 without a partner has none: %j', (user) => {
    expect(readOlderNames('user', user)).toMatchObject({ partner_ids: [] })
  })

  it('that says nothing of partners has unknown ones', () => {
    expect(readOlderNames('user', { id: 'u' })).toEqual({ id: 'u' })
  })
})

describe('a roof summary', () => {
  const read = (roof: object) => readOlderNames('roofSummary', { roofs: [roof] })

  it('of 2022.09 has its panels as modules, also on its faces', () => {
    expect(read({ panels: true, panels_area: 5, faces: [{ panels: false }, null] })).toEqual({
      roofs: [
        {
          panels: true,
          panels_area: 5,
          modules: true,
          modules_area: 5,
          faces: [{ panels: false, modules: false }, null],
        },
      ],
    })
  })

  it.each(['roof_class', 'roof_type', 'classification', 'class', 'type'])(
    'has the class of a roof under the name %s',
    (name) => {
      expect(read({ [name]: 'hip' })).toMatchObject({ roofs: [{ roof_class: 'hip' }] })
    },
  )

  it.each([[null], ['text'], [{}], [[null, 7, ['x']]]])('whose roofs are %j comes out as it is', (roofs) => {
    expect(readOlderNames('roofSummary', { roofs })).toEqual({ roofs })
  })

  it('whose roofs are a JSON text is read', () => {
    const text = JSON.stringify([{ panels: true }])

    expect(readOlderNames('roofSummary', { roofs: text })).toMatchObject({ roofs: [{ modules: true }] })
  })
})

describe('a racking array', () => {
  it('has its module with the current names', () => {
    const module = { id: 'm', maker: 'Corvid', rating: 400 }

    expect(readOlderNames('rackingArray', { rows: 1, module })).toEqual({
      rows: 1,
      module: { ...module, manufacturer: 'Corvid', rating_stc: 400 },
    })
  })

  it.each([
    { idx: 1, x: -2.5, y: 3 },
    { index: 1, offset_x: -2.5, offset_y: 3 },
    { index: 1, offset: { x: -2.5, y: 3 } },
  ])('tells where an adjacent array is in either form: %j', (adjacent) => {
    expect(readOlderNames('rackingArray', { adjacent_arrays: [adjacent] })).toMatchObject({
      adjacent_arrays: [{ idx: 1, x: -2.5, y: 3 }],
    })
  })

  it.each([{ module: null, adjacent_arrays: null }, { module: 'text', adjacent_arrays: 'text' }, {}])(
    'of another form comes out as it is: %j',
    (odd) => {
      expect(readOlderNames('rackingArray', odd)).toEqual(odd)
    },
  )
})

it('kinds without older names come out as the same object', () => {
  const design = { id: 'd', address: 'kept', system_cost: 1, partner_id: 'x' }

  expect(readOlderNames('design', design)).toBe(design)
})
