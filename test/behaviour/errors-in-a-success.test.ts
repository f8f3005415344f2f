// Aurora, or a server before it, answers with 200 and with errors in place of the object.
import { expect, it } from 'vitest'
import { askFixedAurora } from '../support/fixed-aurora.ts'

const ERRORS = { errors: [{ message: 'canary: the service is down' }] }
const ERROR = { error: ERRORS.errors[0] }

it.each([
  ['pricing', '/designs/d1/pricing', '{ design(id: "d1") { auroraId shown: pricing { systemPrice } } }'],
  [
    'roofs',
    '/designs/d1/roof_summary',
    '{ design(id: "d1") { auroraId shown: roofSummary { roofs { area } } } }',
  ],
  [
    'the request of a survey',
    '/site_surveys/s1/request',
    '{ siteSurvey(id: "s1") { auroraId shown: request } }',
  ],
  ['a link', '/agreements/a1/download_link', '{ agreement(id: "a1") { auroraId shown: downloadLink } }'],
  [
    'a job',
    '/designs/d1/ai_roof/status',
    '{ design(id: "d1") { auroraId shown: aiRoofJob(jobId: "j1") { status } } }',
  ],
])('errors with 200 in place of %s fail that field, and are shown to nobody', async (_what, path, query) => {
  await using aurora = await askFixedAurora({
    'GET /designs/d1': { design: { id: 'd1' } },
    'GET /site_surveys/s1': { site_survey: { id: 's1' } },
    'GET /agreements/a1': { agreement: { id: 'a1' } },
    [`GET ${path}`]: path.endsWith('/status') ? ERROR : ERRORS,
  })

  const { data, errors, text } = await aurora.ask(query)

  expect(Object.values(data ?? {})).toEqual([{ auroraId: expect.any(String), shown: null }])
  expect(errors?.map(({ path: at, extensions }) => [at?.at(-1), extensions.code])).toEqual([
    ['shown', 'UPSTREAM_INVALID'],
  ])
  expect(text).not.toContain('canary')
})

it('errors with 200 beside null or an empty list fail that field', async () => {
  await using aurora = await askFixedAurora({
    'GET /designs/d1': { design: { id: 'd1' } },
    'GET /designs/d1/pricing': { pricing: null, ...ERRORS },
    'GET /users': { users: [], ...ERRORS },
  })

  const { data, errors, text } = await aurora.ask(
    '{ users { id } design(id: "d1") { auroraId pricing { systemPrice } } }',
  )

  expect(data).toEqual({ users: null, design: { auroraId: 'd1', pricing: null } })
  expect(errors?.map(({ path: at, extensions }) => [at?.join('.'), extensions.code]).toSorted()).toEqual([
    ['design.pricing', 'UPSTREAM_INVALID'],
    ['users', 'UPSTREAM_INVALID'],
  ])
  expect(text).not.toContain('canary')
})

it('an error beside the other members of a job is the error of the job', async () => {
  const job = { job_id: 'j1', status: 'failed', error: { message: 'no roof' } }
  await using aurora = await askFixedAurora({ 'GET /designs/d1/ai_roof/status': job })

  const { data } = await aurora.ask(
    '{ node(id: "AiRoofJob:d1/j1") { ... on AiRoofJob { status error { message } } } }',
  )

  expect(data).toEqual({ node: { status: 'FAILED', error: { message: 'no roof' } } })
})
