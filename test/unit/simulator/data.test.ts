// The data set of the simulator: always the same, and every figure follows from the others.

import { describe, expect, it } from 'vitest'
import { createDataSet } from '../../../src/simulator/data.ts'
import type { DataSet, DesignRecord, Pricing } from '../../../src/simulator/data.ts'
import { DEFAULT_TENANT_ID } from '../../../src/simulator/simulator.ts'

const create = (seed: number, projectCount = 620): DataSet =>
  createDataSet({ seed, projectCount, tenantId: DEFAULT_TENANT_ID })

const data = create(1)
const records = data.projects.flatMap(({ id }) => data.designsOf(id))

function everythingIn(set: DataSet): string {
  const { tenant, teams, partners, roles, users, projects } = set
  const beneath = projects.map(({ id }) => [set.profile(id), set.designsOf(id)])
  return JSON.stringify([tenant, teams, partners, roles, users, projects, beneath])
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const cents = (value: number): number => Math.round(value * 100)

describe('the data set', () => {
  it('is the same bytes for the same seed, and others for another', () => {
    const [first, again, other] = [create(7, 40), create(7, 40), create(8, 40)].map(everythingIn)
    expect(again).toBe(first)
    expect(other).not.toBe(first)
  })

  it('is the same in any order of reads', () => {
    const set = create(7, 40)
    for (const { id } of set.projects.toReversed()) set.designsOf(id)
    expect(everythingIn(set)).toBe(everythingIn(create(7, 40)))
  })

  it('shares what never changes with others of its seed, and each has changes of its own', () => {
    const [one, other] = [create(7, 40), create(7, 40)]
    const shared = (set: DataSet) => [set.modules, set.inverters, set.dcOptimizers, set.sharedProjects]
    const id = one.webhooks[0]?.id ?? ''

    one.changes.webhook.change(id, { enabled: false })

    shared(one).forEach((items, index) => expect(items).toBe(shared(other)[index]))
    for (const item of [...shared(one).flat(), ...other.webhooks]) expect(Object.isFrozen(item)).toBe(true)
    expect([one, other].map(({ webhooks }) => webhooks[0]?.enabled)).toEqual([false, true])
  })

  it('is made before anybody would notice', () => {
    const tookMs = [3, 4, 5].map((seed) => {
      const before = process.cpuUsage()
      create(seed)
      return process.cpuUsage(before).user / 1000
    })
    // 60 ms of the processor on a small machine; other programs take none of it, and the room above it is for a slower machine.
    expect(Math.min(...tookMs)).toBeLessThan(1000)
  })

  it('gives no id twice', () => {
    const ids = [
      ...[...data.users, ...data.teams, ...data.partners, ...data.roles, ...data.projects].map(
        ({ id }) => id,
      ),
      ...records.flatMap(({ design, financings, pricing }) => [
        design.id,
        ...financings.map(({ id }) => id),
        ...pricing.adders.map(({ id }) => id),
      ]),
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('has a company of the size that was ordered', () => {
    const { teams, partners, users, projects } = data
    expect([teams, partners, users, projects].map((list) => list.length)).toEqual([12, 6, 60, 620])
    expect(records.length / projects.length).toBeCloseTo(2, 0)
    const filled = projects.filter(({ id }) => data.profile(id)).length
    expect(filled / projects.length).toBeCloseTo(0.85, 1)
  })

  it('lists projects newest first, over two years', () => {
    const times = data.projects.map(({ created_at }) => Date.parse(created_at.replace(' UTC', 'Z')))
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    const years = (Math.max(...times) - Math.min(...times)) / (365 * 24 * 3_600_000)
    expect(years).toBeCloseTo(2, 0)
  })

  it('lists the designs of a project newest first', () => {
    for (const { id } of data.projects) {
      const times = data.designsOf(id).map(({ design }) => Date.parse(design.created_at))
      expect(times).toEqual(times.toSorted((a, b) => b - a))
    }
  })

  it('names only users, teams and partners that exist', () => {
    const known = new Set([...data.users, ...data.teams, ...data.partners].map(({ id }) => id))
    for (const { owner_id, team_id, partner_id } of data.projects) {
      for (const id of [owner_id, team_id, partner_id]) expect(id === null || known.has(id)).toBe(true)
    }
  })

  it('has every kind of milestone and of financing', () => {
    const milestones = new Set(records.map(({ design }) => design.milestone?.milestone))
    expect([...milestones].map(String).toSorted()).toEqual([
      'canceled',
      'installed',
      'offered',
      'permission_to_operate',
      'sold',
      'undefined',
    ])
    const options = new Set(
      records.flatMap(({ financings }) => financings.map((one) => one.financing_option)),
    )
    expect([...options].toSorted()).toEqual(['cash', 'lease', 'levelized_ppa', 'loans', 'ppa'])
    const counts = new Set(records.map(({ financings }) => financings.length))
    expect([...counts].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4])
  })

  it('has nothing under an id that it never gave', () => {
    expect([data.project('x'), data.design('x'), data.user('x'), data.profile('x')]).toEqual(
      Array(4).fill(undefined),
    )
    expect(data.designsOf('x')).toEqual([])
  })
})

describe('a summary', () => {
  it('adds up: arrays to the size of the system, modules to the bill of materials', () => {
    for (const { summary } of records) {
      const { arrays, bill_of_materials: lines } = summary
      const modules = arrays.map(({ module }) => module)
      expect(summary.system_size_stc).toBe(sum(arrays.map(({ size }) => size)))
      expect(summary.system_size_stc).toBe(sum(modules.map(({ count, rating_stc }) => count * rating_stc)))
      expect(quantityOf(lines, 'modules')).toBe(sum(modules.map(({ count }) => count)))
      expect(quantityOf(lines, 'microinverters')).toBe(
        sum(arrays.map((array) => array.microinverter?.count ?? 0)),
      )
      expect(quantityOf(lines, 'dc_optimizers')).toBe(
        sum(arrays.map((array) => array.dc_optimizer?.count ?? 0)),
      )
      expect(quantityOf(lines, 'batteries')).toBe(summary.batteries.length)
      expect(quantityOf(lines, 'inverters')).toBe(
        summary.string_inverters.length + summary.storage_inverters.length,
      )
    }
  })

  it('makes a year of its months, and an offset of the profile', () => {
    for (const { summary, design } of records) {
      const { monthly, annual, annual_offset } = summary.energy_production
      expect(annual).toBeCloseTo(sum(monthly), 6)
      const profile = data.profile(design.project_id)
      const offset = profile && `${Math.round((annual / sum(profile.monthly_energy)) * 100)}%`
      expect(annual_offset).toBe(offset ?? null)
    }
  })

  it('gives a kilowatt no more sun than there is', () => {
    for (const { summary } of records.filter((record) => record.summary.system_size_stc > 0)) {
      const perKw = summary.energy_production.annual / (summary.system_size_stc / 1000)
      expect(perKw).toBeGreaterThan(500)
      expect(perKw).toBeLessThan(1800)
    }
  })

  it('splits a monitored year into 8760 hours that add up to its months', () => {
    const profiles = data.projects.flatMap(({ id }) => data.profile(id) ?? [])
    const [hourly] = profiles.filter((profile) => profile.hourly_energy !== null)
    expect(hourly?.hourly_energy).toHaveLength(8760)
    expect(sum(hourly?.hourly_energy ?? [])).toBeCloseTo(sum(hourly?.monthly_energy ?? []), -1)
  })

  function quantityOf(lines: DesignRecord['summary']['bill_of_materials'], type: string): number {
    return sum(lines.filter(({ component_type }) => component_type === type).map(({ quantity }) => quantity))
  }
})

describe('a price', () => {
  it('adds up, step by step, to the price of the system', () => {
    for (const { pricing } of records) {
      const solar = runThrough(pricing.system_price_breakdown)
      const storage = runThrough(pricing.storage_system_price_breakdown)
      expect(cents(pricing.system_price)).toBe(cents(solar + storage))
    }
  })

  it('takes its base from the watts where it is a price per watt', () => {
    const perWatt = records.filter(({ pricing }) => pricing.pricing_method === 'price per watt')
    expect(perWatt.length).toBeGreaterThan(400)
    for (const { pricing, summary } of perWatt) {
      expect(step(pricing, 'base_price')).toBe(cents((pricing.price_per_watt ?? 0) * summary.system_size_stc))
    }
  })

  it('adds adders and takes off discounts and incentives', () => {
    for (const { pricing } of records.filter((record) => record.pricing.adders.length > 0)) {
      expect(step(pricing, 'adders')).toBeGreaterThanOrEqual(0)
      expect(step(pricing, 'discounts')).toBeLessThanOrEqual(0)
      expect(step(pricing, 'incentives')).toBeLessThanOrEqual(0)
      const lines = pricing.system_price_breakdown.flatMap(({ subcomponents }) => subcomponents)
      expect(lines.map(({ adder_name }) => adder_name)).toEqual(
        pricing.adders.map(({ adder_name }) => adder_name),
      )
    }
  })

  it('is what its financings are about, but for the one that buys nothing', () => {
    for (const { pricing, financings } of records) {
      for (const one of financings) {
        expect(one.system_price).toBe(one.financing_option === 'levelized_ppa' ? 0 : pricing.system_price)
        if (one.financing_option !== 'loans') continue
        expect(cents(Number(one['loan_principal']) + Number(one['down_payment']))).toBe(
          cents(one.system_price),
        )
      }
    }
  })

  it('has at most one financing selected, and exactly one once it is sold', () => {
    for (const { design, financings, summary } of records) {
      const selected = financings.filter((one) => one.selected_in_sales_mode).length
      expect(selected).toBeLessThanOrEqual(1)
      if (design.milestone?.milestone === 'sold' && summary.system_size_stc > 0) expect(selected).toBe(1)
    }
  })

  function runThrough(steps: Pricing['system_price_breakdown']): number {
    let running = 0
    for (const { item_price, cumulative_price, subcomponents } of steps) {
      running += item_price
      expect(cents(cumulative_price)).toBe(cents(running))
      if (subcomponents.length > 0) {
        expect(cents(sum(subcomponents.map((line) => line.item_price)))).toBe(cents(item_price))
      }
    }
    return running
  }

  function step(pricing: Pricing, type: string): number {
    return cents(
      pricing.system_price_breakdown.find(({ item_type }) => item_type === type)?.item_price ?? NaN,
    )
  }
})
