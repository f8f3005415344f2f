// Inverter: a model of inverter of the catalogue.
import { addQueries } from '../fields.ts'
import { foundList } from '../found-list.ts'
import { numbers } from '../list-arguments.ts'
import { number, raw, text } from '../member.ts'
import { implementNode, lookUp, ownId } from '../node.ts'
import { BY_MAKER, BY_NAMES, ofCatalogue } from './catalogue-list.ts'

implementNode('inverter', {
  description:
    'A model of inverter that designs can be made of; those for one module each presumably among them. Which members the list carries is not publicly ' +
    'documented: one that it left out costs 1 call for that inverter.',
  fields: {
    auroraId: ownId("Aurora's own id: another one in the sandbox than in production."),
    name: text('Model.'),
    manufacturerName: text('Maker; read from `manufacturer` if Aurora has this name for it.'),
    ratedPower: number('AC power it is rated for, in W.'),
    raw: raw('Costs 1 call for each inverter, also of a list.'),
  },
})

addQueries({
  inverter: lookUp(
    'inverter',
    'An inverter by id. Costs 1 call; nothing if a list has shown all selected fields.',
  ),
  inverters: foundList('listInverters', {
    ...ofCatalogue('inverters', 'Inverter'),
    filter: { ...BY_MAKER, ratedPower: numbers('RATED_POWER', 'AC power that it is rated for, in W.') },
    sorts: { ...BY_NAMES, RATED_POWER: 'AC power that it is rated for.' },
  }),
})
