// DcOptimizer: a model of DC optimizer of the catalogue.
import { builder } from '../builder.ts'
import { connection, createConnection } from '../connection.ts'
import { raw, text } from '../member.ts'
import { lookUp, Node } from '../node.ts'
import { DcOptimizer } from './refs.ts'

DcOptimizer.implement({
  interfaces: [Node],
  description:
    'A model of DC optimizer, electronics at the modules, that designs can be made of. Which members the list carries is not publicly ' +
    'documented: one that it left out costs 1 call for that DC optimizer.',
  fields: (t) => ({
    auroraId: t.id({
      nullable: false,
      description: "Aurora's own id: another one in the sandbox than in production.",
      resolve: ({ key }) => key,
    }),
    name: t.field(text('name', 'Model.')),
    manufacturerName: t.field(
      text('manufacturer_name', 'Maker; read from `manufacturer` where Aurora calls it so.'),
    ),
    raw: t.field(raw('Costs 1 call for each DC optimizer, also of a list.')),
  }),
})

const DcOptimizerConnection = createConnection('DcOptimizer', DcOptimizer)

builder.queryFields((t) => ({
  dcOptimizer: t.field(
    lookUp(
      'dcOptimizer',
      DcOptimizer,
      'A DC optimizer by id. Costs 1 call; nothing where a list has shown what is asked for.',
    ),
  ),
  dcOptimizers: t.field(
    connection(
      DcOptimizerConnection,
      'listDcOptimizers',
      'The DC optimizers that the tenant may use, in no promised order. Costs 1 call for each 250 of them; an answer is good for a day.',
    ),
  ),
}))
