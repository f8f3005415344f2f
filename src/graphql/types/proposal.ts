// Proposal: the offer for a design, as Aurora's app shows it.
import { dateTime, identifier, text } from '../member.ts'
import { implementNode } from '../node.ts'
import { parent, relation } from '../relation.ts'

implementNode('proposal', {
  description:
    'The default proposal of a design, which has one at the most: it is found by the id of its design, and one ' +
    'call reads all of it. What the customer sees is `Design.webProposal`.',
  fields: {
    auroraId: identifier("Aurora's own id; the proposal is asked for by its design all the same.", 'id'),
    design: parent('design', 'The design that it offers.'),
    createdAt: dateTime('When it was made.'),
    updatedAt: dateTime('When it was last changed.'),
    proposalTemplateId: identifier("Aurora's id of the template it follows; as free as `template { id }`."),
    template: relation('proposalTemplate', 'The template it follows.', { member: 'proposal_template_id' }),
    proposalLink: text(
      "Address of the proposal in Aurora's app, for users who are signed in: neither the customer's link nor a PDF.",
    ),
  },
})
