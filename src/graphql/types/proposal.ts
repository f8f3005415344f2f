// Proposal: the offer for a design, as Aurora's app shows it.
import { dateTime, identifier, text } from '../member.ts'
import { Node } from '../node.ts'
import { parent, relation } from '../relation.ts'
import { Design, Proposal, ProposalTemplate } from './refs.ts'

Proposal.implement({
  interfaces: [Node],
  description:
    'The default proposal of a design, of which there is one at the most: it goes by the id of its design, and one ' +
    'call reads all of it. What the customer sees is `Design.webProposal`.',
  fields: (t) => ({
    auroraId: t.field(
      identifier('id', "Aurora's own id; the proposal is asked for by its design all the same."),
    ),
    design: t.field(
      parent(
        Design,
        'design',
        'The design that it offers. `id` is free; other members cost 1 call unless a list has shown the design.',
      ),
    ),
    createdAt: t.field(dateTime('created_at', 'When it was made.')),
    updatedAt: t.field(dateTime('updated_at', 'When it was last changed.')),
    proposalTemplateId: t.field(
      identifier(
        'proposal_template_id',
        "Aurora's id of the template it follows; as free as `template { id }`.",
      ),
    ),
    template: t.field(
      relation(
        'proposal_template_id',
        ProposalTemplate,
        'proposalTemplate',
        'The template it follows. `id` is free; other members cost 1 call for each template.',
      ),
    ),
    proposalLink: t.field(
      text(
        'proposal_link',
        "Address of the proposal in Aurora's app, for users who are signed in: neither the customer's link nor a PDF.",
      ),
    ),
  }),
})
