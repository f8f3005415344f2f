// Work ordered from others: roof models and plan sets.
import { expect } from 'vitest'
import type { DataSet } from '../../src/simulator/data.ts'
import { describeMutation } from '../support/describe-mutation.ts'

const REQUESTS = '{ designRequests { auroraId status } }'
const REQUESTS_CALL = '1 GET /tenants/{}/design_requests'
const DESIGNS = 'query ($id: ID!) { project(id: $id) { designs { auroraId } } }'
const DESIGNS_CALL = '1 GET /tenants/{}/projects/{}/designs?page=1&per_page=250'

const requested = (data: DataSet, status: string) => {
  const request = data.designRequests().find((each) => each.status === status)
  if (!request) throw new Error(`the data set has no design request that is ${status}`)
  return { id: request.id, projectId: request.project_id }
}

describeMutation({
  name: 'createDesignRequest',
  document: `mutation ($input: CreateDesignRequestInput!) {
    createDesignRequest(input: $input) { designRequest { auroraId status sla project { auroraId } } errors $ERRORS }
  }`,
  ids: (data) => ({
    projectId:
      data.projects.find(({ id }) => !data.designRequests().some((each) => each.project_id === id))?.id ?? '',
    busyId: requested(data, 'submitted').projectId,
  }),
  variables: ({ projectId }) => ({ input: { projectId, sla: 30, latitude: 37.4, longitude: -122.1 } }),
  call: '1 POST /tenants/{}/design_requests',
  shows: ({ designRequest }, { projectId }) =>
    expect(designRequest).toMatchObject({ status: 'SUBMITTED', sla: 30, project: { auroraId: projectId } }),
  reads: [
    {
      query: REQUESTS,
      callsAfter: [REQUESTS_CALL],
      shows: ({ designRequests }) => expect(designRequests[0].status).toBe('SUBMITTED'),
    },
    { query: DESIGNS, variables: ({ projectId }) => ({ id: projectId }), callsAfter: [] },
  ],
  bad: [
    { variables: ({ projectId }) => ({ input: { projectId, latitude: 1 } }), says: /belong together/ },
    { variables: ({ projectId }) => ({ input: { projectId, sla: 0 } }), says: /`sla` is at least/ },
  ],
  refused: { variables: ({ busyId }) => ({ input: { projectId: busyId } }), messages: /running/ },
})

describeMutation({
  name: 'acceptDesignRequest',
  document: `mutation ($id: ID!) {
    acceptDesignRequest(id: $id) { designRequest { status designId design { name } } errors $ERRORS }
  }`,
  ids: (data) => ({ ...requested(data, 'designer_completed'), early: requested(data, 'submitted').id }),
  variables: ({ id }) => ({ id }),
  call: '1 POST /tenants/{}/design_requests/{}/accept',
  alsoCalls: ['1 GET /tenants/{}/designs/{}'],
  shows: ({ designRequest }) =>
    expect(designRequest).toMatchObject({
      status: 'ACCEPTED',
      designId: expect.any(String),
      design: { name: 'New design' },
    }),
  reads: [
    { query: REQUESTS, callsAfter: [REQUESTS_CALL] },
    { query: DESIGNS, variables: ({ projectId }) => ({ id: projectId }), callsAfter: [DESIGNS_CALL] },
    {
      query: 'query ($id: ID!) { project(id: $id) { assets { auroraId } } }',
      variables: ({ projectId }) => ({ id: projectId }),
      callsAfter: ['1 GET /tenants/{}/projects/{}/assets?page=1&per_page=250'],
    },
    {
      query: 'query ($id: ID!) { designRequest(id: $id) { status } }',
      variables: ({ id }) => ({ id }),
      callsAfter: [],
      // Listed before, too: the list is there again, as it was asked for above.
    },
  ],
  bad: [{ variables: () => ({ id: 'a/b' }), says: /An id is/ }],
  refused: { variables: ({ early }) => ({ id: early }), messages: /not completed/ },
})

describeMutation({
  name: 'createEagleviewDesignRequest',
  document: `mutation ($id: ID!) {
    createEagleviewDesignRequest(projectId: $id) { eagleviewDesignRequest { auroraId status } errors $ERRORS }
  }`,
  ids: (data) => ({ id: data.projects[0]?.id ?? '' }),
  variables: ({ id }) => ({ id }),
  call: '1 POST /tenants/{}/design_requests/eagleview',
  shows: ({ eagleviewDesignRequest }) => expect(eagleviewDesignRequest.auroraId).toEqual(expect.any(String)),
  reads: [{ query: REQUESTS, callsAfter: [] }],
  bad: [{ variables: () => ({ id: 'User:1' }), says: /not one of a Project/ }],
  refused: { variables: () => ({ id: 'nowhere' }), messages: /project_id/ },
})

describeMutation({
  name: 'acceptEagleviewDesignRequest',
  document: `mutation ($id: ID!) {
    acceptEagleviewDesignRequest(id: $id) { eagleviewDesignRequest { auroraId } errors $ERRORS }
  }`,
  ids(data) {
    const orders = data.projects.flatMap(({ id }) => [...data.eagleviewDesignRequestsOf(id)])
    const done = orders.find(({ status }) => status === 'completed')
    return {
      id: done?.id ?? '',
      projectId: done?.project_id ?? '',
      early: orders.find(({ status }) => status === 'submitted')?.id ?? '',
    }
  },
  variables: ({ id }) => ({ id }),
  call: '1 POST /tenants/{}/design_requests/eagleview/{}/accept',
  shows: ({ eagleviewDesignRequest }, { id }) => expect(eagleviewDesignRequest.auroraId).toBe(id),
  reads: [{ query: DESIGNS, variables: ({ projectId }) => ({ id: projectId }), callsAfter: [DESIGNS_CALL] }],
  bad: [{ variables: () => ({ id: '..' }), says: /An id is/ }],
  refused: { variables: ({ early }) => ({ id: early }), messages: /not completed/ },
})

describeMutation({
  name: 'createPlanSetRequest',
  document: `mutation ($id: ID!, $other: JSON) {
    createPlanSetRequest(designId: $id, other: $other) { planSetRequest { auroraId status intakeFormUrl } errors $ERRORS }
  }`,
  ids(data) {
    const designs = data.projects.flatMap(({ id }) => [...data.designsOf(id)])
    const hasModules = designs.filter(({ summary }) => summary.arrays.length > 0)
    return {
      id:
        hasModules.find(({ design }) => data.projectAssetsOf(design.project_id).length > 0)?.design.id ?? '',
      bare: designs.find(({ summary }) => summary.arrays.length === 0)?.design.id ?? '',
    }
  },
  variables: ({ id }) => ({ id }),
  call: '1 POST /tenants/{}/plan_set_requests',
  shows: ({ planSetRequest }) => expect(planSetRequest.status).toBe('DRAFT'),
  reads: [{ query: REQUESTS, callsAfter: [] }],
  bad: [{ variables: ({ id }) => ({ id, other: 'x' }), says: /`other` must be an object/ }],
  refused: { variables: ({ bare }) => ({ id: bare }), messages: /modules/ },
})
