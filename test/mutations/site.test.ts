// What is learned of a site: its energy use, and surveys.
import { expect } from 'vitest'
import type { DataSet } from '../../src/simulator/data.ts'
import { describeMutation } from '../support/describe-mutation.ts'

const PROFILE = 'query ($id: ID!) { project(id: $id) { consumptionProfile { monthlyEnergy inputValues } } }'
const BILLS = 'query ($id: ID!) { project(id: $id) { billSummary { auroraId: id } } }'
const MONTHS = [500, 480, null, 460, 470, 520, 610, 630, 560, 480, 470, 510]
const UPDATE = `mutation ($id: ID!, $input: UpdateConsumptionProfileInput!) {
  updateConsumptionProfile(projectId: $id, input: $input) {
    consumptionProfile { inputMode inputValues monthlyEnergy } errors $ERRORS
  }
}`

const withoutProfile = (data: DataSet) => data.projects.find(({ id }) => !data.profile(id))?.id ?? ''
const withProfile = (data: DataSet) => data.projects.find(({ id }) => data.profile(id))?.id ?? ''

for (const [what, pick] of [
  ['one that is there', withProfile],
  ['one that is not filled out', withoutProfile],
] as const)
  describeMutation({
    name: 'updateConsumptionProfile',
    about: what,
    document: UPDATE,
    ids: (data) => ({ id: pick(data), otherId: data.projects.at(-1)?.id ?? '' }),
    variables: ({ id }) => ({ id, input: { monthlyEnergy: MONTHS } }),
    call: '1 PUT /tenants/{}/projects/{}/consumption_profile',
    shows: ({ consumptionProfile }) =>
      expect(consumptionProfile).toMatchObject({ inputMode: 'monthly_energy', inputValues: MONTHS }),
    reads: [
      {
        query: PROFILE,
        variables: ({ id }) => ({ id }),
        callsAfter: [],
        isShown: true,
        shows: ({ project }) => expect(project.consumptionProfile.inputValues).toEqual(MONTHS),
      },
      {
        query: BILLS,
        variables: ({ id }) => ({ id }),
        callsAfter: ['1 GET /tenants/{}/projects/{}/bill_summary'],
      },
      { query: PROFILE, variables: ({ otherId }) => ({ id: otherId }), callsAfter: [] },
    ],
    bad: [
      { variables: ({ id }) => ({ id, input: {} }), says: /exactly one of/ },
      {
        variables: ({ id }) => ({ id, input: { monthlyEnergy: MONTHS, monthlyBill: MONTHS } }),
        says: /exactly one of/,
      },
      { variables: ({ id }) => ({ id, input: { monthlyEnergy: [1] } }), says: /12 values/ },
      { variables: ({ id }) => ({ id, input: { monthlyBill: Array(12).fill(null) } }), says: /no gap/ },
      { variables: ({ id }) => ({ id, input: { intervalData: Array(8761).fill(1) } }), says: /8760/ },
      {
        variables: ({ id }) => ({
          id,
          input: { intervalData: Array.from({ length: 8760 }, (_, hour) => (hour % 600 === 0 ? null : 1)) },
        }),
        says: /whole month/,
      },
    ],
  })

describeMutation({
  name: 'updateConsumptionProfile',
  about: 'by intervals, with a gap',
  document: UPDATE,
  ids: (data) => ({ id: withProfile(data) }),
  variables: ({ id }) => ({ id, input: { intervalData: [null, ...Array(17_519).fill(0.4)] } }),
  call: '1 PUT /tenants/{}/projects/{}/consumption_profile',
  shows: ({ consumptionProfile }) => expect(consumptionProfile.inputMode).toBe('interval_data'),
  bad: [],
})

const SURVEYS = 'query ($id: ID!) { project(id: $id) { siteSurveys { auroraId status } } }'
const SURVEYS_CALL = '1 GET /tenants/{}/projects/{}/site_surveys'
const SURVEY = 'query ($id: ID!) { siteSurvey(id: $id) { status } }'

describeMutation({
  name: 'createSiteSurvey',
  document: `mutation ($projectId: ID!, $members: JSON) {
    createSiteSurvey(projectId: $projectId, members: $members) { siteSurvey { auroraId status projectId } errors $ERRORS }
  }`,
  ids: (data) => ({
    projectId: data.projects.find(({ id }) => data.siteSurveysOf(id).length === 0)?.id ?? '',
  }),
  variables: ({ projectId }) => ({ projectId, members: { status: 'scheduled' } }),
  call: '1 POST /tenants/{}/site_surveys',
  shows: ({ siteSurvey }, { projectId }) =>
    expect(siteSurvey).toMatchObject({ status: 'scheduled', projectId }),
  reads: [
    {
      // An empty list is dropped too.
      query: SURVEYS,
      variables: ({ projectId }) => ({ id: projectId }),
      callsAfter: [SURVEYS_CALL],
      shows: ({ project }) => expect(project.siteSurveys).toHaveLength(1),
    },
  ],
  bad: [{ variables: ({ projectId }) => ({ projectId, members: 'x' }), says: /`members` must be an object/ }],
  refused: { variables: () => ({ projectId: 'nobody' }), messages: /project_id/ },
})

const surveyed = (data: DataSet) => {
  const projectId = data.projects.find(({ id }) => data.siteSurveysOf(id).length > 0)?.id ?? ''
  return { projectId, id: data.siteSurveysOf(projectId)[0]?.id ?? '' }
}

for (const [name, part, members] of [
  ['updateSiteSurvey', '', { status: 'completed' }],
  ['updateSiteSurveyStatus', '/status', { status: 'completed' }],
  ['updateSiteSurveyElectricalData', '/electrical', { amps: 200 }],
  ['updateSiteSurveyElectricalSubpanels', '/electrical/subpanels', { subpanels: [] }],
  ['updateSiteSurveyMountingPlanes', '/roofs/mounting_planes', { planes: [] }],
] as const)
  describeMutation({
    name,
    document: `mutation ($id: ID!, $members: JSON!) {
      ${name}(id: $id, members: $members) { siteSurvey { auroraId status } errors $ERRORS }
    }`,
    ids: surveyed,
    variables: ({ id }) => ({ id, members }),
    call: `1 PUT /tenants/{}/site_surveys/{}${part}`,
    shows: ({ siteSurvey }, { id }) => expect(siteSurvey.auroraId).toBe(id),
    reads: [
      { query: SURVEY, variables: ({ id }) => ({ id }), callsAfter: [], isShown: true },
      { query: SURVEYS, variables: ({ projectId }) => ({ id: projectId }), callsAfter: [SURVEYS_CALL] },
    ],
    bad: [{ variables: ({ id }) => ({ id, members: {} }), says: /nothing to change/ }],
    ...(part === '/status' && {
      refused: {
        variables: ({ id }: { id: string }) => ({ id, members: { status: 1 } }),
        messages: /status must be/,
      },
    }),
  })
