// SiteSurvey: a visit to a site, to check the design before it is built.
import { addQueries } from '../fields.ts'
import { raw, text } from '../member.ts'
import { implementNode, lookUp, ownId } from '../node.ts'
import { foreignId, relation } from '../relation.ts'
import { asJson } from '../read-value.ts'

implementNode('siteSurvey', {
  description:
    'A survey of the site of a project, made as a rule after the agreement and before the plan set is asked for. Of ' +
    'its members few are publicly known: see `raw`.',
  fields: {
    auroraId: ownId(),
    projectId: foreignId(),
    project: relation('project', 'The project of the site.'),
    status: text('How far it has come, as a word of a set that Aurora does not publish.'),
    request: (t) =>
      t.field({
        type: 'JSON',
        extensions: { operation: 'getSiteSurveyRequest' },
        description:
          'What was asked for when the survey was ordered, as Aurora sent it; its inner shape is not publicly documented. ' +
          'Null if there was no request. Costs 1 call for each survey.',
        resolve: async ({ key }, _args, { loaders }) =>
          asJson(await (await loaders.read('getSiteSurveyRequest')(key))?.raw()),
      }),
    raw: raw('Costs 1 call for each survey, also of a list.'),
  },
})

addQueries({
  siteSurvey: lookUp(
    'siteSurvey',
    'A site survey by id. Costs 1 call; nothing if the list of its project has shown all selected fields.',
  ),
})
