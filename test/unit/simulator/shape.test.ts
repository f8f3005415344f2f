// What each switch of the simulator changes in its answers.

import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/simulator/random.ts'
import { DEFAULT_SHAPE, parseShape, reshape, SHAPE_SWITCHES } from '../../../src/simulator/shape.ts'
import type { Shape } from '../../../src/simulator/shape.ts'
import { openSimulator } from './open-simulator.ts'

describe('the switches', () => {
  it('stand on their first value', () => {
    const first = Object.fromEntries(
      Object.entries(SHAPE_SWITCHES).map(([name, values]) => [name, values[0]]),
    )
    expect(DEFAULT_SHAPE).toEqual(first)
  })

  it('are read from JSON only when every name and value is known', () => {
    expect(parseShape({ shuffle: true, listedProjects: 'thin' })).toEqual({
      shuffle: true,
      listedProjects: 'thin',
    })
    for (const wrong of [{ shuffle: 'yes' }, { shuffel: true }, null, 'thin']) {
      expect(parseShape(wrong)).toBeUndefined()
    }
  })
})

describe('a switch', () => {
  const shaped = async (shape: Partial<Shape>) => {
    const opened = await openSimulator({ shape })
    const { data } = opened.simulator
    const record = data.projects.flatMap(({ id }) => data.designsOf(id)).find((one) => one.isSimulated)
    return { ...opened, projectId: record?.design.project_id ?? '', designId: record?.design.id ?? '' }
  }

  it('makes listed projects and designs thin, and leaves single ones whole', async () => {
    await using at = await shaped({ listedProjects: 'thin', listedDesigns: 'thin' })
    const { projects } = await at.getJson('/projects')
    const { designs } = await at.getJson(`/projects/${at.projectId}/designs`)
    for (const item of [...projects, ...designs])
      expect(Object.keys(item)).toEqual(['id', 'name', 'created_at'])
    expect((await at.getJson(`/projects/${at.projectId}`)).project).toHaveProperty('location')
    expect((await at.getJson(`/designs/${at.designId}`)).design).toHaveProperty('project_id')
  })

  it('ignores pages of users', async () => {
    await using at = await shaped({ userPaging: 'ignored' })
    expect((await at.getJson('/users?page=2&per_page=50')).users).toHaveLength(60)
    at.simulator.setShape({ userPaging: 'honoured' })
    expect((await at.getJson('/users?page=2&per_page=50')).users).toHaveLength(10)
  })

  it('calls the modules of a roof panels, which older keys do', async () => {
    await using at = await shaped({ roofNames: 'older' })
    const { roofs } = await at.getJson(`/designs/${at.designId}/roof_summary`)
    expect(roofs[0]).toMatchObject({ panels: true, faces: expect.arrayContaining([expect.anything()]) })
    expect(roofs[0]).not.toHaveProperty('modules')
    expect(roofs[0].faces[0]).toMatchObject({ panels: true })
  })

  it('gives the single design its sizes, which it lacks otherwise', async () => {
    await using at = await shaped({ designSizes: true })
    expect((await at.getJson(`/designs/${at.designId}`)).design).toHaveProperty('system_size_stc')
    at.simulator.setShape({ designSizes: false })
    expect((await at.getJson(`/designs/${at.designId}`)).design).not.toHaveProperty('system_size_stc')
  })

  it('calls prices costs, and discounts adders', async () => {
    await using at = await shaped({ pricingNames: 'older' })
    const { pricing } = await at.getJson(`/designs/${at.designId}/pricing`)
    const now = at.simulator.data.design(at.designId)?.pricing
    expect(pricing.system_cost).toBe(now?.system_price)
    expect(pricing.pricing_mode).toBe(now?.pricing_method)
    expect(pricing).not.toHaveProperty('system_price_breakdown')
    const types = pricing.system_cost_breakdown.map((step: { item_type: string }) => step.item_type)
    expect(types).toEqual(['starting_cost', 'base_cost', 'adders_without_discounts', 'adders', 'incentives'])
    expect(pricing.system_cost_breakdown[3].item_price).toBe(now?.system_price_breakdown[3]?.item_price)
    // The list of adders has had its name all the time.
    expect(pricing.adders).toEqual(now?.adders)
  })

  it('takes the wrapper off a price', async () => {
    await using at = await shaped({ barePricing: true })
    expect(await at.getJson(`/designs/${at.designId}/pricing`)).toHaveProperty('system_price')
  })

  it('writes arrays as text', async () => {
    await using at = await shaped({ arraysAsText: true })
    const { design } = await at.getJson(`/designs/${at.designId}/summary`)
    expect(JSON.parse(design.arrays)).toEqual(at.simulator.data.design(at.designId)?.summary.arrays)
  })

  it('writes the times of designs as those of projects', async () => {
    await using at = await shaped({ designTimestamps: 'aurora' })
    const { designs } = await at.getJson(`/projects/${at.projectId}/designs`)
    const { design } = await at.getJson(`/designs/${at.designId}/summary`)
    for (const { created_at, milestone } of [...designs, design]) {
      expect(created_at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/)
      if (milestone !== null && milestone !== undefined) expect(milestone.recorded_at).toMatch(/ UTC$/)
    }
  })

  it.each([
    ['present', { monthly: expect.any(Array) }],
    ['absent', undefined],
    ['null', null],
    ['empty', {}],
  ] as const)('makes the energy of every design %s', async (energyProduction, expected) => {
    await using at = await shaped({ energyProduction })
    const { data } = at.simulator
    for (const { design } of data.projects.flatMap(({ id }) => data.designsOf(id))) {
      const energy = (await at.getJson(`/designs/${design.id}/summary`)).design.energy_production
      if (energyProduction === 'present') expect(energy).toMatchObject(expected ?? {})
      else expect(energy).toEqual(expected)
    }
  })

  it('flattens the address', async () => {
    await using at = await shaped({ flatProjects: true })
    const [{ id, address, latitude, longitude, customer_address, ...rest }] = (await at.getJson('/projects'))
      .projects
    const project = at.simulator.data.project(id)
    expect([address, latitude, longitude, customer_address]).toEqual([
      project?.location.property_address,
      project?.location.latitude,
      project?.location.longitude,
      project?.mailing_address,
    ])
    expect(rest).toMatchObject({
      preferred_solar_panels: project?.preferred_solar_modules,
      updated_at: project?.created_at,
    })
    expect(rest).not.toHaveProperty('preferred_solar_modules')
    expect(rest).not.toHaveProperty('location')
    expect(rest).not.toHaveProperty('mailing_address')
  })

  it('shuffles what has no promised order at every call, and leaves the rest', async () => {
    await using at = await shaped({ shuffle: true })
    const read = async (path: string, name: string): Promise<string[]> =>
      (await at.getJson(path))[name].map(({ id }: { id: string }) => id)
    const [first, second] = [await read('/users', 'users'), await read('/users', 'users')]
    expect(first).not.toEqual(second)
    expect(first.toSorted()).toEqual(second.toSorted())
    expect(await read('/projects', 'projects')).toEqual(at.simulator.data.projects.map(({ id }) => id))
    const { pricing } = await at.getJson(`/designs/${at.designId}/pricing`)
    expect(pricing.system_price_breakdown[0].item_type).toBe('starting_price')
    const { design } = await at.getJson(`/designs/${at.designId}/summary`)
    expect(design.energy_production).toEqual(at.simulator.data.design(at.designId)?.summary.energy_production)
  })
})

describe('a switch for every answer', () => {
  const random = createRandom(1)

  it('adds a member to every object', () => {
    const extra = { added_by_a_later_version: { is_surprise: true } }
    expect(reshape({ a: [{ b: 1 }], c: [2] }, { ...DEFAULT_SHAPE, unknownMembers: true }, random)).toEqual({
      a: [{ b: 1, ...extra }],
      c: [2],
      ...extra,
    })
  })

  it('puts new values where a set of values may grow', () => {
    const body = { design: { milestone: { milestone: 'sold', notes: 'sold' } }, project_type: null }
    expect(reshape(body, { ...DEFAULT_SHAPE, unknownEnumValues: true }, random)).toEqual({
      design: { milestone: { milestone: 'commissioned', notes: 'sold' } },
      project_type: null,
    })
  })
})
