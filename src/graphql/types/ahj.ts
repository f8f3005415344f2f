// Ahj: an authority having jurisdiction, which grants permits.
import { addQueries } from '../fields.ts'
import { raw, text } from '../member.ts'
import { implementNode, lookUp, ownId } from '../node.ts'

implementNode('ahj', {
  description:
    'An authority having jurisdiction, such as a city or county: it grants the permits for a site.',
  fields: {
    auroraId: ownId(),
    name: text('What the authority is called, such as City of Mesa.'),
    raw: raw(),
  },
})

addQueries({
  ahj: lookUp('ahj', 'An authority having jurisdiction by id. Costs 1 call; an answer is good for a day.'),
})
