// SharedProject: a project that another tenant shares with this one.
import { addQueries } from '../fields.ts'
import { costOfFinding, foundList } from '../found-list.ts'
import { moments, words } from '../list-arguments.ts'
import { raw } from '../member.ts'
import { implementNode, ownId } from '../node.ts'
import { PROJECT_ORDER } from './project-order.ts'

implementNode('sharedProject', {
  description:
    'A project that another tenant shares with this one. Aurora shows it in a list only; whether the project itself ' +
    'can be read with the id is not publicly documented.',
  fields: {
    auroraId: ownId("Aurora's own id, presumably that of the project in the other tenant."),
    raw: raw(),
  },
})

addQueries({
  sharedProjects: foundList('listSharedProjects', {
    noun: 'shared projects',
    typeName: 'SharedProject',
    description:
      'All projects that other tenants share with this one, in no promised order. Costs 1 call for each 250 of them. ' +
      `${costOfFinding('shared projects')} What Aurora shows of them is not publicly documented: where it is not what is asked ` +
      'by, `isComplete` is false.',
    filter: {
      status: words('Stages of the sale'),
      tags: words('Tags'),
      externalProviderId: words("Ids in the integrator's own system"),
      createdAt: moments('CREATED_AT', 'When it was made.'),
    },
    ...PROJECT_ORDER,
  }),
})
