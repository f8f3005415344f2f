// Order: what a consumer ordered through Aurora.
import { addQueries } from '../fields.ts'
import { raw, text } from '../member.ts'
import { implementNode, lookUp, ownId } from '../node.ts'

implementNode('order', {
  description: 'What a consumer ordered through Aurora; a released order can be made a project.',
  fields: {
    auroraId: ownId(),
    status: text(
      'How far it has come, as a word of a set that Aurora does not publish; `released` can be made a project.',
    ),
    raw: raw(),
  },
})

addQueries({
  order: lookUp('order', 'A consumer order by id. Costs 1 call.'),
})
