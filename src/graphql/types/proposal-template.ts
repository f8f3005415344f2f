// ProposalTemplate: a template from which proposals are made.
import { addQueries } from '../fields.ts'
import { raw, text } from '../member.ts'
import { implementNode, lookUp, ownId } from '../node.ts'
import { wholeList } from '../relation.ts'

implementNode('proposalTemplate', {
  description: 'A pattern, made by the tenant in the app, that proposals follow.',
  fields: {
    auroraId: ownId(),
    name: text('What the tenant calls it.'),
    raw: raw('Costs 1 call for each template, also of the list.'),
  },
})

addQueries({
  proposalTemplate: lookUp(
    'proposalTemplate',
    'A proposal template by id. Costs 1 call; nothing if the list has shown all selected fields.',
  ),
  proposalTemplates: wholeList(
    'listProposalTemplates',
    'All proposal templates of the tenant, in no promised order. Costs 1 call; an answer is good for a day.',
  ),
})
