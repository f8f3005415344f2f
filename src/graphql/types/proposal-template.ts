// ProposalTemplate: a template from which proposals are made.
import { builder } from '../builder.ts'
import { raw, text } from '../member.ts'
import { lookUp, Node } from '../node.ts'
import { wholeList } from '../relation.ts'
import { ProposalTemplate } from './refs.ts'

ProposalTemplate.implement({
  interfaces: [Node],
  description: 'A pattern, made by the tenant in the app, that proposals follow.',
  fields: (t) => ({
    auroraId: t.id({ nullable: false, description: "Aurora's own id.", resolve: ({ key }) => key }),
    name: t.field(text('name', 'What the tenant calls it.')),
    raw: t.field(raw('Costs 1 call for each template, also of the list.')),
  }),
})

builder.queryFields((t) => ({
  proposalTemplate: t.field(
    lookUp(
      'proposalTemplate',
      ProposalTemplate,
      'A proposal template by id. Costs 1 call; nothing where the list has shown what is asked for.',
    ),
  ),
  proposalTemplates: t.field(
    wholeList(
      ProposalTemplate,
      'listProposalTemplates',
      'All proposal templates of the tenant, in no promised order. Costs 1 call; an answer is good for a day.',
    ),
  ),
}))
