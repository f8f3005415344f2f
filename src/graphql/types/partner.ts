// Partner: an outside firm that works in the tenant's account.
import { addQueries } from '../fields.ts'
import { text } from '../member.ts'
import { implementNode, ownId } from '../node.ts'
import { wholeList } from '../relation.ts'

implementNode('partner', {
  description:
    "An outside firm, such as a dealer, that works in the tenant's account: users assigned to it see only its " +
    'projects. Aurora has no look-up of a single partner: one call lists them all.',
  fields: {
    auroraId: ownId(),
    name: text("The firm's name."),
  },
})

addQueries({
  partners: wholeList(
    'listPartners',
    'All partners of the tenant, in no promised order. Costs 1 call. A plan without partners may answer FORBIDDEN.',
  ),
})
