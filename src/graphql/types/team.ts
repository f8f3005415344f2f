// Team: a group of users inside the tenant.
import { builder } from '../builder.ts'
import { text } from '../member.ts'
import { Node } from '../node.ts'
import { wholeList } from '../relation.ts'
import { Team } from './refs.ts'

Team.implement({
  interfaces: [Node],
  description:
    'A group of users inside the tenant. A project is assigned to one at the most; users whose role is limited to ' +
    'their teams see only the projects of those. Aurora has no look-up of a single team: one call lists them all.',
  fields: (t) => ({
    auroraId: t.id({ nullable: false, description: "Aurora's own id.", resolve: ({ key }) => key }),
    name: t.field(text('name', 'What the tenant calls the team.')),
  }),
})

builder.queryFields((t) => ({
  teams: t.field(
    wholeList(
      Team,
      'listTeams',
      'All teams of the tenant, in no promised order. Costs 1 call. A plan without teams may answer FORBIDDEN.',
    ),
  ),
}))
