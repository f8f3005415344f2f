// Mutations of site surveys. The bodies are not publicly documented, so clients give them as JSON.
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import { builder } from '../builder.ts'
import { assertObject, assertSomething, idOf, readObject } from '../input.ts'
import { createPayload, made, mutation } from '../mutation.ts'
import { SiteSurvey } from './refs.ts'

const SiteSurveyPayload = createPayload<AuroraObject>('SiteSurveyPayload', 'siteSurvey', {
  type: SiteSurvey,
  description:
    'The survey as it is now; null where it could not be done. What Aurora answered with costs nothing more, `raw` costs ' +
    '1 call.',
})

type Update =
  | 'updateSiteSurvey'
  | 'updateSiteSurveyStatus'
  | 'updateSiteSurveyElectricalData'
  | 'updateSiteSurveyElectricalSubpanels'
  | 'updateSiteSurveyMountingPlanes'

/** All updates have the same form; they differ in the part of the survey that they change. */
const update = (operation: Update, what: string) =>
  mutation({
    payload: SiteSurveyPayload,
    operation,
    description: `Changes ${what} of a site survey. Costs 1 call.`,
    args: builder.args((t) => ({
      id: t.id({ required: true, description: 'The site survey, by either id.' }),
      members: t.field({
        type: 'JSON',
        required: true,
        description:
          "An object of members in Aurora's own names, passed on as it is: what can be changed is not publicly documented.",
      }),
    })),
    async run({ id, members }, context) {
      const surveyId = idOf('SiteSurvey', id)
      assertObject(members, 'members')
      assertSomething(members)
      const answer = await context.write(operation, { path: { site_survey_id: surveyId }, members })
      return context.loaders.object('siteSurvey').refer(surveyId, answer ?? {})
    },
  })

builder.mutationFields((t) => ({
  createSiteSurvey: t.field(
    mutation({
      payload: SiteSurveyPayload,
      operation: 'createSiteSurvey',
      description:
        'Asks for a survey of the site of a project. Costs 1 call. It is never sent twice: where the outcome is UNKNOWN, ' +
        'look among the `siteSurveys` of the project.',
      args: {
        projectId: t.arg.id({ required: true, description: 'The project of the site, by either id.' }),
        members: t.arg({
          type: 'JSON',
          description:
            "An object of further members in Aurora's own names, passed on beside `project_id`: none is publicly documented.",
        }),
      },
      async run({ projectId, members }, context) {
        const project_id = idOf('Project', projectId)
        const answer = await context.write('createSiteSurvey', {
          members: { ...readObject(members, 'members'), project_id },
        })
        return made(answer && { project_id, ...answer }, context.loaders.object('siteSurvey'))
      },
    }),
  ),
  updateSiteSurvey: t.field(update('updateSiteSurvey', 'members')),
  updateSiteSurveyStatus: t.field(
    update('updateSiteSurveyStatus', 'the status, presumably as `{ "status": "…" }`,'),
  ),
  updateSiteSurveyElectricalData: t.field(
    update('updateSiteSurveyElectricalData', 'what was found of the electrical system'),
  ),
  updateSiteSurveyElectricalSubpanels: t.field(
    update('updateSiteSurveyElectricalSubpanels', 'what was found of the subpanels'),
  ),
  updateSiteSurveyMountingPlanes: t.field(
    update('updateSiteSurveyMountingPlanes', 'what was found of the planes of the roofs'),
  ),
}))
