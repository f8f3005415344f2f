// DcOptimizer: a model of DC optimizer of the catalogue.
import { addQueries } from '../fields.ts'
import { foundList } from '../found-list.ts'
import { raw, text } from '../member.ts'
import { implementNode, lookUp, ownId } from '../node.ts'
import { BY_MAKER, BY_NAMES, ofCatalogue } from './catalogue-list.ts'

implementNode('dcOptimizer', {
  description:
    'A model of DC optimizer, electronics at the modules, that designs can be made of. Which members the list carries is not publicly ' +
    'documented: one that it left out costs 1 call for that DC optimizer.',
  fields: {
    auroraId: ownId("Aurora's own id: another one in the sandbox than in production."),
    name: text('Model.'),
    manufacturerName: text('Maker; read from `manufacturer` if Aurora has this name for it.'),
    raw: raw('Costs 1 call for each DC optimizer, also of a list.'),
  },
})

addQueries({
  dcOptimizer: lookUp(
    'dcOptimizer',
    'A DC optimizer by id. Costs 1 call; nothing if a list has shown all selected fields.',
  ),
  dcOptimizers: foundList('listDcOptimizers', {
    ...ofCatalogue('DC optimizers', 'DcOptimizer'),
    filter: BY_MAKER,
    sorts: BY_NAMES,
  }),
})
