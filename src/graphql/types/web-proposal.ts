// WebProposal: the page on which a customer sees a proposal.
import { flag, text } from '../member.ts'
import { Node } from '../node.ts'
import { parent } from '../relation.ts'
import { Design, WebProposal } from './refs.ts'

WebProposal.implement({
  interfaces: [Node],
  description:
    'The public page on which the customer sees the proposal of a design. It goes by the id of its design, and one ' +
    'call reads all of it.',
  fields: (t) => ({
    design: t.field(
      parent(
        Design,
        'design',
        'The design that it shows. `id` is free; other members cost 1 call unless a list has shown the design.',
      ),
    ),
    url: t.field(
      text(
        'url',
        'The link for the customer: whoever has it sees the proposal. Null while none was made; whether it still works is in ' +
          '`urlExpired`.',
      ),
    ),
    urlExpired: t.field(
      flag('url_expired', 'Whether the link has run out, by default 30 days after it was made.'),
    ),
  }),
})
