// Site surveys, where more is to be said than that they are asked for and changed: whose list they are in.
import { describe, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'

const SURVEYS = 'query ($id: ID!) { project(id: $id) { siteSurveys { auroraId status } } }'
const SURVEYS_CALL = '1 GET /tenants/{}/projects/{}/site_surveys'
const UPDATE = `mutation ($id: ID!, $members: JSON!) {
  updateSiteSurvey(id: $id, members: $members) { siteSurvey { auroraId projectId status } errors { code message } }
}`

async function open() {
  const gateway = await createTestGateway()
  const { data } = gateway.simulator
  const surveyed = data.projects.find(({ id }) => data.siteSurveysOf(id).length > 0)?.id ?? ''
  const others = data.projects.filter(({ id }) => data.siteSurveysOf(id).length === 0)
  return {
    gateway,
    surveyed,
    surveyId: data.siteSurveysOf(surveyed)[0]?.id ?? '',
    empty: others[0]?.id ?? '',
    other: others[1]?.id ?? '',
  }
}

describe('a site survey', () => {
  it('that is changed is read anew in the list of its project, and in no other', async () => {
    const { gateway, surveyed, surveyId, empty } = await open()
    await using _gateway = gateway
    for (const id of [surveyed, empty]) await gateway.ask(SURVEYS, { id })
    await gateway.ask(UPDATE, { id: `SiteSurvey:${surveyId}`, members: { status: 'completed' } })
    gateway.takeCalls()

    await gateway.ask(SURVEYS, { id: empty })
    expect(gateway.takeCalls()).toEqual([])
    const { data } = await gateway.ask<{ project: { siteSurveys: object[] } }>(SURVEYS, { id: surveyed })
    expect(data?.project.siteSurveys).toContainEqual({ auroraId: surveyId, status: 'completed' })
    expect(gateway.takeCalls()).toEqual([SURVEYS_CALL])
  })

  it('that is moved to another project is read anew in the list it has left, too', async () => {
    const { gateway, surveyed, surveyId, empty } = await open()
    await using _gateway = gateway
    for (const id of [surveyed, empty]) await gateway.ask(SURVEYS, { id })
    const { data } = await gateway.ask(UPDATE, { id: surveyId, members: { project_id: empty } })
    expect(data).toMatchObject({ updateSiteSurvey: { siteSurvey: { projectId: empty }, errors: [] } })
    gateway.takeCalls()

    for (const id of [surveyed, empty]) {
      await gateway.ask(SURVEYS, { id })
      expect(gateway.takeCalls()).toEqual([SURVEYS_CALL])
    }
  })

  it('that is asked for is in the list of that project alone, whatever its members say', async () => {
    const { gateway, empty, other } = await open()
    await using _gateway = gateway
    for (const id of [empty, other]) await gateway.ask(SURVEYS, { id })
    gateway.takeCalls()
    const { data } = await gateway.ask(
      `mutation ($id: ID!, $members: JSON) {
        createSiteSurvey(projectId: $id, members: $members) { siteSurvey { projectId } errors { code } }
      }`,
      { id: `Project:${empty}`, members: { project_id: other, note: 'ring twice' } },
    )
    expect(data).toEqual({ createSiteSurvey: { siteSurvey: { projectId: empty }, errors: [] } })
    expect(gateway.takeCalls()).toEqual(['1 POST /tenants/{}/site_surveys'])

    await gateway.ask(SURVEYS, { id: other })
    expect(gateway.takeCalls()).toEqual([])
    await gateway.ask(SURVEYS, { id: empty })
    expect(gateway.takeCalls()).toEqual([SURVEYS_CALL])
  })

  it('that is changed keeps the request it came from, which costs nothing more', async () => {
    const { gateway, surveyId } = await open()
    await using _gateway = gateway
    const query = 'query ($id: ID!) { siteSurvey(id: $id) { request } }'
    await gateway.ask(query, { id: surveyId })
    await gateway.ask(
      `mutation ($id: ID!, $members: JSON!) {
        updateSiteSurveyElectricalData(id: $id, members: $members) { errors { code } }
      }`,
      { id: surveyId, members: { main_panel_amps: 200 } },
    )
    gateway.takeCalls()
    await gateway.ask(query, { id: surveyId })
    expect(gateway.takeCalls()).toEqual([])
  })

  it.each([
    'updateSiteSurvey',
    'updateSiteSurveyStatus',
    'updateSiteSurveyElectricalData',
    'updateSiteSurveyElectricalSubpanels',
    'updateSiteSurveyMountingPlanes',
  ])('is not changed by %s with what is no object, or has the id of something else', async (name) => {
    await using gateway = await createTestGateway()
    const update = async (id: string, members: unknown) => {
      const document = `mutation ($id: ID!, $members: JSON!) {
        ${name}(id: $id, members: $members) { siteSurvey { id } errors { code message } }
      }`
      return (await gateway.ask(document, { id, members })).data?.[name]
    }
    const refused = (says: RegExp) => ({
      siteSurvey: null,
      errors: [{ code: 'BAD_USER_INPUT', message: expect.stringMatching(says) }],
    })
    expect(await update('s', ['status'])).toEqual(refused(/must be an object/))
    expect(await update('s', {})).toEqual(refused(/nothing to change/))
    expect(await update('Project:s', { status: 'x' })).toEqual(refused(/not one of a SiteSurvey/))
    expect(gateway.takeCalls()).toEqual([])
  })
})
