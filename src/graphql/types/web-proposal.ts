// WebProposal: the page on which a customer sees a proposal.
import { flag, text } from '../member.ts'
import { implementNode } from '../node.ts'
import { parent } from '../relation.ts'

implementNode('webProposal', {
  description:
    'The public page on which the customer sees the proposal of a design. It is found by the id of its design, and one ' +
    'call reads all of it.',
  fields: {
    design: parent('design', 'The design that it shows.'),
    url: text(
      'The link for the customer: anybody with it sees the proposal. Null while none was made; whether it still works is in ' +
        '`urlExpired`.',
    ),
    urlExpired: flag('Whether the link has run out, by default 30 days after it was made.'),
  },
})
