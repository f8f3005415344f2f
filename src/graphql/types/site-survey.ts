// SiteSurvey: a visit to a site, to check the design before it is built.
import { builder } from '../builder.ts'
import { asJson, identifier, raw, text } from '../member.ts'
import { lookUp, Node } from '../node.ts'
import { relation } from '../relation.ts'
import { Project, SiteSurvey } from './refs.ts'

SiteSurvey.implement({
  interfaces: [Node],
  description:
    'A survey of the site of a project, made as a rule after the agreement and before the plan set is asked for. Of ' +
    'its members few are publicly known: see `raw`.',
  fields: (t) => ({
    auroraId: t.id({ nullable: false, description: "Aurora's own id.", resolve: ({ key }) => key }),
    projectId: t.field(
      identifier('project_id', "Aurora's id of the project; as free as `project { auroraId }`."),
    ),
    project: t.field(
      relation(
        'project_id',
        Project,
        'project',
        'The project of the site. `id` is free; other members cost 1 call unless a list has shown the project.',
      ),
    ),
    status: t.field(text('status', 'How far it has come, as a word of a set that Aurora does not publish.')),
    request: t.field({
      type: 'JSON',
      description:
        'What was asked for when the survey was ordered, as Aurora sent it; its inner shape is not publicly documented. ' +
        'Null where there was no request. Costs 1 call for each survey.',
      resolve: async ({ key }, _args, { loaders }) =>
        asJson(await (await loaders.read('getSiteSurveyRequest')(key))?.raw()),
    }),
    raw: t.field(raw('Costs 1 call for each survey, also of a list.')),
  }),
})

builder.queryFields((t) => ({
  siteSurvey: t.field(
    lookUp(
      'siteSurvey',
      SiteSurvey,
      'A site survey by id. Costs 1 call; nothing where the list of its project has shown what is asked for.',
    ),
  ),
}))
