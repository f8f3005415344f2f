// Team: a group of users inside the tenant.
import { addQueries } from '../fields.ts'
import { text } from '../member.ts'
import { implementNode, ownId } from '../node.ts'
import { wholeList } from '../relation.ts'

implementNode('team', {
  description:
    'A group of users inside the tenant. A project is assigned to one at the most; users whose role is limited to ' +
    'their teams see only the projects of those. Aurora has no look-up of a single team: one call lists them all.',
  fields: {
    auroraId: ownId(),
    name: text('What the tenant calls the team.'),
  },
})

addQueries({
  teams: wholeList(
    'listTeams',
    'All teams of the tenant, in no promised order. Costs 1 call. A plan without teams may answer FORBIDDEN.',
  ),
})
