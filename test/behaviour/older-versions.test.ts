// Bodies of 2018.01, 2022.09 and 2024.05, and of clients that read them: each value has its field, at no further call.
import { describe, expect, it } from 'vitest'
import { askFixedAurora } from '../support/fixed-aurora.ts'

const TWENTY = Array.from({ length: 20 }, (_, index) => `p${index}`)

const OLDER = {
  preferred_solar_panels: ['m1'],
  customer_address: '2 Elm St',
  address: '1 Main St',
  latitude: 37.1,
  longitude: -122.2,
  updated_at: '2026-03-04 17:25:09 UTC',
}
const OLDER_NULLS = Object.fromEntries(Object.keys(OLDER).map((name) => [name, null]))
const CURRENT = {
  preferred_solar_modules: ['m1'],
  mailing_address: '2 Elm St',
  location: { property_address: '1 Main St', latitude: 37.1, longitude: -122.2 },
}
const CURRENT_NULLS = { preferred_solar_modules: null, mailing_address: null, location: null }

const FIELDS = `preferredSolarModules mailingAddress location { propertyAddress latitude longitude } updatedAt`

const VALUES = {
  preferredSolarModules: ['m1'],
  mailingAddress: '2 Elm St',
  location: { propertyAddress: '1 Main St', latitude: 37.1, longitude: -122.2 },
}
const NULLS = { preferredSolarModules: null, mailingAddress: null, updatedAt: null }
const NO_PLACE = { propertyAddress: null, latitude: null, longitude: null }

describe('the members of a project', () => {
  it.each([
    ['2022.09', OLDER, { ...VALUES, updatedAt: '2026-03-04T17:25:09.000Z' }],
    ['2022.09, all null', OLDER_NULLS, { ...NULLS, location: NO_PLACE }],
    ['2024.05', CURRENT, { ...VALUES, updatedAt: null }],
    ['2024.05, all null', CURRENT_NULLS, { ...NULLS, location: null }],
  ])('of %s cost the call of a list of 20, and the call of one by id', async (_version, members, shown) => {
    await using aurora = await askFixedAurora({
      'GET /projects': { projects: TWENTY.map((id) => ({ id, ...members })) },
      'GET /projects/q': { project: { id: 'q', ...members } },
    })

    const { data, errors } = await aurora.ask(`{ projects(first: 20) { nodes { ${FIELDS} } } }`)

    expect(errors).toBe(undefined)
    expect(data).toEqual({ projects: { nodes: TWENTY.map(() => shown) } })
    expect(aurora.takeCalls()).toEqual(['GET /projects'])
    expect((await aurora.ask(`{ project(id: "q") { ${FIELDS} } }`)).data).toEqual({ project: shown })
    expect(aurora.takeCalls()).toContain('GET /projects/q')
  })
})

it('users of 2022.09 have their one partner, or none, at the call of each', async () => {
  await using aurora = await askFixedAurora({
    'GET /users/u1': { user: { id: 'u1', partner_id: 'x', job_function: 'sales_manager' } },
    'GET /users/u2': { user: { id: 'u2', partner_id: null, job_function: 'Rain Maker' } },
  })

  const answer = await aurora.ask(
    `{ a: user(id: "u1") { ...f } b: user(id: "u2") { ...f } } fragment f on User { partnerIds jobFunction jobFunctionRaw }`,
  )

  expect(answer).toMatchObject({
    data: {
      a: { partnerIds: ['x'], jobFunction: 'SALES_MANAGER', jobFunctionRaw: 'sales_manager' },
      b: { partnerIds: [], jobFunction: 'UNRECOGNIZED', jobFunctionRaw: 'Rain Maker' },
    },
  })
  expect(aurora.takeCalls()).toEqual(['GET /users/u1', 'GET /users/u2'])
})

it.each([
  [{ id: 't', user_ids: ['u1', 'u2'] }, ['u1', 'u2']],
  [{ id: 't' }, null],
])('a tenant tells its users where its version does: %j', async (tenant, userIds) => {
  await using aurora = await askFixedAurora({ 'GET ': { tenant } })

  expect((await aurora.ask('{ tenant { userIds } }')).data).toEqual({ tenant: { userIds } })
  expect(aurora.takeCalls()).toEqual(['GET '])
})

it.each([
  [{ status: 'sent', updated_at: '2026-03-04 17:25:09 UTC' }, '2026-03-04T17:25:09.000Z'],
  [{ status: 'sent' }, null],
])(
  'listed agreements show when they were changed, at the call of the list: %j',
  async (members, updatedAt) => {
    // A list of about 20 may be a page of it.
    const fifteen = TWENTY.slice(5)
    await using aurora = await askFixedAurora({
      'GET /projects/p1': { project: { id: 'p1' } },
      'GET /projects/p1/agreements': { agreements: fifteen.map((id) => ({ id, ...members })) },
    })

    const { data } = await aurora.ask('{ project(id: "p1") { agreements { updatedAt } } }')

    expect(data).toEqual({ project: { agreements: fifteen.map(() => ({ updatedAt })) } })
    expect(aurora.takeCalls().filter((call) => call.includes('agreements'))).toEqual([
      'GET /projects/p1/agreements',
    ])
  },
)

it('makers that a summary names elsewhere or otherwise cost nothing more', async () => {
  await using aurora = await askFixedAurora({
    'GET /designs/d1': { design: { id: 'd1' } },
    'GET /designs/d1/summary': {
      design: {
        design_id: 'd1',
        bill_of_materials: [{ id: 'm1', manufacturer_name: 'Corvid' }],
        arrays: [{ module: { id: 'm1' }, microinverter: { id: 'm1' }, dc_optimizer: { id: 'm1' } }],
        string_inverters: [{ name: 'I-7', manufacturer_name: 'Corvid' }],
        batteries: [{ maker: 'Corvid' }],
      },
    },
  })
  const maker = '{ manufacturer }'

  const { data, errors } = await aurora.ask(`{ design(id: "d1") { summary {
    arrays { module ${maker} microinverter ${maker} dcOptimizer ${maker} } stringInverters ${maker} batteries ${maker}
  } } }`)

  const manufacturer = 'Corvid'
  expect(errors).toBe(undefined)
  expect(data).toEqual({
    design: {
      summary: {
        arrays: [
          { module: { manufacturer }, microinverter: { manufacturer }, dcOptimizer: { manufacturer } },
        ],
        stringInverters: [{ manufacturer }],
        batteries: [{ manufacturer }],
      },
    },
  })
  expect(aurora.takeCalls().filter((call) => call !== 'GET /designs/d1')).toEqual(['GET /designs/d1/summary'])
})

it.each([
  ['permission_to_operate', 'PERMISSION_TO_OPERATE'],
  ['Permission to operate', 'PERMISSION_TO_OPERATE'],
  ['installed', 'INSTALLED'],
  ['commissioned', 'UNRECOGNIZED'],
])('a milestone in the word %s is the stage %s', async (word, stage) => {
  await using aurora = await askFixedAurora({
    'GET /projects/p1': { project: { id: 'p1' } },
    'GET /projects/p1/designs': { designs: [{ id: 'd1', milestone: { milestone: word } }] },
  })

  const { data } = await aurora.ask(
    '{ project(id: "p1") { designs { milestone { milestone milestoneRaw } } } }',
  )

  expect(data).toEqual({ project: { designs: [{ milestone: { milestone: stage, milestoneRaw: word } }] } })
})

it.each([
  ['Nearmap', 'NEARMAP'],
  ['NearMap', 'NEARMAP'],
  ['Nearmap (True Ortho)', 'NEARMAP_TRUE_ORTHO'],
  ['Nearmap (False Ortho)', 'UNRECOGNIZED'],
  [null, null],
])('the image of a design request from %s is %s, at the call of the list', async (word, source) => {
  await using aurora = await askFixedAurora({
    'GET /design_requests': { design_requests: [{ id: 'r1', image_src: word, status: 'submitted' }] },
  })

  const { data } = await aurora.ask('{ designRequests { imageSrc imageSrcRaw status } }')

  expect(data).toEqual({ designRequests: [{ imageSrc: source, imageSrcRaw: word, status: 'SUBMITTED' }] })
  expect(aurora.takeCalls()).toEqual(['GET /design_requests'])
})

it('a webhook of years ago shows its event', async () => {
  const events = [
    'design_request_completion',
    'irradiance_analysis_job_completion',
    'plan_set_status_changed',
  ]
  await using aurora = await askFixedAurora({
    'GET /webhooks': { webhooks: events.map((event, index) => ({ id: `w${index}`, event })) },
  })

  const { data } = await aurora.ask('{ webhooks { event eventRaw } }')

  expect(data).toEqual({
    webhooks: events.map((event) => ({ event: event.toUpperCase(), eventRaw: event })),
  })
})

it.each([
  ['2022.09', { panels: true, panels_area: 40, pitch: null, faces: [{ panels: false, panels_area: 0 }] }],
  ['2024.05', { modules: true, modules_area: 40, pitch: null, faces: [{ modules: false, modules_area: 0 }] }],
])('the roofs of %s have their modules, their class and no edges', async (_version, roof) => {
  await using aurora = await askFixedAurora({
    'GET /designs/d1': { design: { id: 'd1' } },
    'GET /designs/d1/roof_summary': { roofs: [{ ...roof, roof_class: 'Monopitch', edges_length: {} }] },
  })

  const { data, errors } = await aurora.ask(`{ design(id: "d1") { roofSummary { roofs {
    modules modulesArea pitch roofClass roofClassRaw edgesLength { eave } faces { modules modulesArea }
  } } } }`)

  expect(errors).toBe(undefined)
  expect(data).toEqual({
    design: {
      roofSummary: {
        roofs: [
          {
            modules: true,
            modulesArea: 40,
            pitch: null,
            roofClass: 'MONOPITCH',
            roofClassRaw: 'Monopitch',
            edgesLength: { eave: null },
            faces: [{ modules: false, modulesArea: 0 }],
          },
        ],
      },
    },
  })
})

it('a design is asked for with its layout where that is shown, once, and is no other design then', async () => {
  await using aurora = await askFixedAurora({
    'GET /designs/d1': { design: { id: 'd1', name: 'n', layout: { faces: [] } } },
  })
  const query = '{ design(id: "d1") { name layout again: layout } }'

  const { data, errors } = await aurora.ask(query)

  const layout = { id: 'd1', name: 'n', layout: { faces: [] } }
  expect(errors).toBe(undefined)
  expect(data).toEqual({ design: { name: 'n', layout, again: layout } })
  expect(aurora.takeCalls()).toEqual(['GET /designs/d1', 'GET /designs/d1?include_layout=true'])
  await aurora.ask(query)
  expect(aurora.takeCalls()).toEqual([])
})
