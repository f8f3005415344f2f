// EagleviewDesignRequest: a roof model ordered from EagleView.
import { builder } from '../builder.ts'
import { identifier, raw, text } from '../member.ts'
import { lookUp, Node } from '../node.ts'
import { relation } from '../relation.ts'
import { Design, EagleviewDesignRequest, Project } from './refs.ts'

EagleviewDesignRequest.implement({
  interfaces: [Node],
  description:
    'A 3D model of a roof, ordered through Aurora from EagleView, which measures roofs from the air. Its members are ' +
    'inferred from those of DesignRequest: see `raw`.',
  fields: (t) => ({
    auroraId: t.id({ nullable: false, description: "Aurora's own id.", resolve: ({ key }) => key }),
    projectId: t.field(
      identifier('project_id', "Aurora's id of the project; as free as `project { auroraId }`."),
    ),
    project: t.field(
      relation(
        'project_id',
        Project,
        'project',
        'The project of the roof. `id` is free; other members cost 1 call unless a list has shown the project.',
      ),
    ),
    designId: t.field(identifier('design_id', "Aurora's id of the design made by accepting; null before.")),
    design: t.field(
      relation(
        'design_id',
        Design,
        'design',
        'The design made by accepting; null before. `id` is free; other members cost 1 call unless a list has shown ' +
          'the design.',
      ),
    ),
    status: t.field(text('status', 'How far it has come, as a word of a set that Aurora does not publish.')),
    raw: t.field(raw()),
  }),
})

builder.queryFields((t) => ({
  eagleviewDesignRequest: t.field(
    lookUp(
      'eagleviewDesignRequest',
      EagleviewDesignRequest,
      'An order with EagleView by id; Aurora has no list of them. Costs 1 call. Not every key may read it: FORBIDDEN.',
    ),
  ),
}))
