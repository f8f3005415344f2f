// Order: what a consumer ordered through Aurora.
import { builder } from '../builder.ts'
import { raw, text } from '../member.ts'
import { lookUp, Node } from '../node.ts'
import { Order } from './refs.ts'

Order.implement({
  interfaces: [Node],
  description: 'What a consumer ordered through Aurora; a released order can be made a project.',
  fields: (t) => ({
    auroraId: t.id({ nullable: false, description: "Aurora's own id.", resolve: ({ key }) => key }),
    status: t.field(
      text(
        'status',
        'How far it has come, as a word of a set that Aurora does not publish; `released` can be made a project.',
      ),
    ),
    raw: t.field(raw()),
  }),
})

builder.queryFields((t) => ({
  order: t.field(lookUp('order', Order, 'A consumer order by id. Costs 1 call.')),
}))
