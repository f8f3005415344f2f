// Mutations of site surveys. The bodies are not publicly documented, so clients give them as JSON.
import { assertObject, assertSomething, idOf, readObject } from '../input.ts'
import { addMutation } from '../mutation.ts'
import { createObjectPayload } from '../payload.ts'

const SiteSurveyPayload = createObjectPayload('siteSurvey', 'The survey as it is now', {
  cost: '`raw` costs 1 call',
})

addMutation('createSiteSurvey', {
  payload: SiteSurveyPayload,
  description:
    'Asks for a survey of the site of a project. Costs 1 call. It is never sent twice: where the outcome is UNKNOWN, ' +
    'look among the `siteSurveys` of the project.',
  args: (t) => ({
    projectId: t.id({ required: true, description: 'The project of the site, by either id.' }),
    members: t.field({
      type: 'JSON',
      description:
        "An object of further members in Aurora's own names, passed on beside `project_id`: none is publicly documented.",
    }),
  }),
  read({ projectId, members }) {
    const project_id = idOf('Project', projectId)
    return { members: { ...readObject(members, 'members'), project_id } }
  },
  keeps: ['project_id'],
})

type Update =
  | 'updateSiteSurvey'
  | 'updateSiteSurveyStatus'
  | 'updateSiteSurveyElectricalData'
  | 'updateSiteSurveyElectricalSubpanels'
  | 'updateSiteSurveyMountingPlanes'

/** All updates have the same form; they differ in the part of the survey that they change. */
const UPDATES: Readonly<Record<Update, string>> = {
  updateSiteSurvey: 'members',
  updateSiteSurveyStatus: 'the status, presumably as `{ "status": "…" }`,',
  updateSiteSurveyElectricalData: 'what was found of the electrical system',
  updateSiteSurveyElectricalSubpanels: 'what was found of the subpanels',
  updateSiteSurveyMountingPlanes: 'what was found of the planes of the roofs',
}

for (const [operation, part] of Object.entries(UPDATES) as [Update, string][])
  addMutation(operation, {
    payload: SiteSurveyPayload,
    description: `Changes ${part} of a site survey. Costs 1 call.`,
    args: (t) => ({
      id: t.id({ required: true, description: 'The site survey, by either id.' }),
      members: t.field({
        type: 'JSON',
        required: true,
        description:
          "An object of members in Aurora's own names, passed on as it is: what can be changed is not publicly documented.",
      }),
    }),
    read({ id, members }) {
      const path = { site_survey_id: idOf('SiteSurvey', id) }
      assertObject(members, 'members')
      assertSomething(members)
      return { path, members }
    },
  })
