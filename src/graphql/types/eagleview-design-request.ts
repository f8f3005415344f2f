// EagleviewDesignRequest: a roof model ordered from EagleView.
import { addQueries } from '../fields.ts'
import { identifier, raw, text } from '../member.ts'
import { implementNode, lookUp, ownId } from '../node.ts'
import { foreignId, relation } from '../relation.ts'

implementNode('eagleviewDesignRequest', {
  description:
    'A 3D model of a roof, ordered through Aurora from EagleView, which measures roofs from the air. Its members are ' +
    'inferred from those of DesignRequest: see `raw`.',
  fields: {
    auroraId: ownId(),
    projectId: foreignId(),
    project: relation('project', 'The project of the roof.'),
    designId: identifier("Aurora's id of the design made by accepting; null before."),
    design: relation('design', 'The design made by accepting; null before.'),
    status: text('How far it has come, as a word of a set that Aurora does not publish.'),
    raw: raw(),
  },
})

addQueries({
  eagleviewDesignRequest: lookUp(
    'eagleviewDesignRequest',
    'An order with EagleView by id; Aurora has no list of them. Costs 1 call. Not every key may read it: FORBIDDEN.',
  ),
})
