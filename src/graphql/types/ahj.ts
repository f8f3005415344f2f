// Ahj: an authority having jurisdiction, which grants permits.
import { builder } from '../builder.ts'
import { raw, text } from '../member.ts'
import { lookUp, Node } from '../node.ts'
import { Ahj } from './refs.ts'

Ahj.implement({
  interfaces: [Node],
  description:
    'An authority having jurisdiction, such as a city or county: it grants the permits for a site.',
  fields: (t) => ({
    auroraId: t.id({ nullable: false, description: "Aurora's own id.", resolve: ({ key }) => key }),
    name: t.field(text('name', 'What the authority is called, such as City of Mesa.')),
    raw: t.field(raw()),
  }),
})

builder.queryFields((t) => ({
  ahj: t.field(
    lookUp('ahj', Ahj, 'An authority having jurisdiction by id. Costs 1 call; an answer is good for a day.'),
  ),
}))
