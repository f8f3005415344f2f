// A second design request of a project: the refusal names the one that is running, at whatever status.
import { expect, it } from 'vitest'
import { askFixedAurora } from '../support/fixed-aurora.ts'

const CREATE = (shown: string) => `mutation {
  createDesignRequest(input: { projectId: "p1" }) {
    designRequest { id } runningDesignRequest { ${shown} }
    errors { code outcome ... on UnprocessableError { messages } }
  }
}`

const REFUSED = { errors: [{ message: 'one is running' }], meta: { design_request_id: 'r1' } }

it.each([
  [422, { code: 'UNPROCESSABLE', outcome: 'NOT_DONE', messages: ['one is running'] }],
  [409, { code: 'CONFLICT', outcome: 'NOT_DONE' }],
  [400, { code: 'BAD_REQUEST', outcome: 'NOT_DONE' }],
])('refused with %d, the running one is there, its id for nothing', async (status, error) => {
  await using aurora = await askFixedAurora({
    'POST /design_requests': { status, body: REFUSED },
    'GET /design_requests/r1': { design_request: { id: 'r1', status: 'submitted' } },
  })

  expect((await aurora.ask(CREATE('id'))).data).toEqual({
    createDesignRequest: {
      designRequest: null,
      runningDesignRequest: { id: 'DesignRequest:r1' },
      errors: [error],
    },
  })
  expect(aurora.takeCalls()).toEqual(['POST /design_requests'])
  expect((await aurora.ask(CREATE('status'))).data).toMatchObject({
    createDesignRequest: { runningDesignRequest: { status: 'SUBMITTED' } },
  })
  expect(aurora.takeCalls()).toEqual(['GET /design_requests/r1', 'POST /design_requests'])
})

it.each([
  { status: 422, body: { errors: [{ message: 'no credits' }] } },
  { status: 422, body: { meta: { design_request_id: '../x' } } },
  { design_request: { id: 'r2' } },
])('there is none where Aurora names none: %j', async (answer) => {
  await using aurora = await askFixedAurora({ 'POST /design_requests': answer })

  expect((await aurora.ask(CREATE('id'))).data).toMatchObject({
    createDesignRequest: { runningDesignRequest: null },
  })
})
