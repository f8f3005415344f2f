// Partner: an outside firm that works in the tenant's account.
import { builder } from '../builder.ts'
import { text } from '../member.ts'
import { Node } from '../node.ts'
import { wholeList } from '../relation.ts'
import { Partner } from './refs.ts'

Partner.implement({
  interfaces: [Node],
  description:
    "An outside firm, such as a dealer, that works in the tenant's account: users assigned to it see only its " +
    'projects. Aurora has no look-up of a single partner: one call lists them all.',
  fields: (t) => ({
    auroraId: t.id({ nullable: false, description: "Aurora's own id.", resolve: ({ key }) => key }),
    name: t.field(text('name', "The firm's name.")),
  }),
})

builder.queryFields((t) => ({
  partners: t.field(
    wholeList(
      Partner,
      'listPartners',
      'All partners of the tenant, in no promised order. Costs 1 call. A plan without partners may answer FORBIDDEN.',
    ),
  ),
}))
