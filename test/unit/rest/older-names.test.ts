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

describe('a project of 2024.05', () => {
  it('comes out as it is', () => {
    const project = { id: 'p', location: { property_address: 'a' }, mailing_address: 'b', name: 'n' }

    expect(readOlderNames('project', project)).toEqual(project)
  })

  it('without a location does not get one', () => {
    const read = readOlderNames('project', { id: 'p' })

    expect(Object.hasOwn(read, 'location')).toBe(false)
    expect(Object.hasOwn(read, 'mailing_address')).toBe(false)
  })

  it('wins over flat members beside it, also where its own are null', () => {
    const both = { location: null, address: 'old', mailing_address: null, customer_address: 'old' }

    expect(readOlderNames('project', both)).toEqual(both)
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

  it.each([{ partner_id: null }, {}])('without a partner says nothing of partners: %j', (user) => {
    expect(readOlderNames('user', user)).toEqual(user)
  })
})

it('kinds without older names come out as the same object', () => {
  const design = { id: 'd', address: 'kept', system_cost: 1, partner_id: 'x' }

  expect(readOlderNames('design', design)).toBe(design)
})
