// SharedProject: a project that another tenant shares with this one.
import { connection } from '../connection.ts'
import { addQueries } from '../fields.ts'
import { raw } from '../member.ts'
import { implementNode, ownId } from '../node.ts'

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
  sharedProjects: connection(
    'listSharedProjects',
    'All projects that other tenants share with this one, in no promised order. Costs 1 call for each 250 of them.',
  ),
})
