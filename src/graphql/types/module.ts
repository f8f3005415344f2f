// Module: a model of solar module (panel) of the catalogue.
import { addQueries } from '../fields.ts'
import { foundList } from '../found-list.ts'
import { numbers } from '../list-arguments.ts'
import { number, raw, text } from '../member.ts'
import { implementNode, lookUp, ownId } from '../node.ts'
import { BY_MAKER, BY_NAMES, ofCatalogue } from './catalogue-list.ts'

implementNode('module', {
  description:
    'A model of solar module (panel) that designs can be made of. Which members the list carries is not publicly ' +
    'documented: one that it left out costs 1 call for that module.',
  fields: {
    auroraId: ownId("Aurora's own id: another one in the sandbox than in production."),
    name: text('Model.'),
    manufacturerName: text('Maker; read from `manufacturer` if Aurora has this name for it.'),
    ratingStc: number('DC power of one module at standard test conditions, in W.'),
    length: number('Length of its longer side as a rule, in mm.'),
    width: number('Width, in mm.'),
    height: number('Thickness of the frame, in mm.'),
    weight: number('Weight of one module, in kg.'),
    raw: raw('Costs 1 call for each module, also of a list.'),
  },
})

addQueries({
  module: lookUp('module', 'A module by id. Costs 1 call; nothing if a list has shown all selected fields.'),
  modules: foundList('listModules', {
    ...ofCatalogue('solar modules', 'Module'),
    filter: { ...BY_MAKER, ratingStc: numbers('RATING_STC', 'DC power at standard test conditions, in W.') },
    sorts: { ...BY_NAMES, RATING_STC: 'DC power at standard test conditions.' },
  }),
})
