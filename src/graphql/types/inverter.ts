// Inverter: a model of inverter of the catalogue.
import { builder } from '../builder.ts'
import { connection, createConnection } from '../connection.ts'
import { number, raw, text } from '../member.ts'
import { lookUp, Node } from '../node.ts'
import { Inverter } from './refs.ts'

Inverter.implement({
  interfaces: [Node],
  description:
    'A model of inverter that designs can be made of; those for one module each presumably among them. Which members the list carries is not publicly ' +
    'documented: one that it left out costs 1 call for that inverter.',
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
    ratedPower: t.field(number('rated_power', 'AC power it is rated for, in W.')),
    raw: t.field(raw('Costs 1 call for each inverter, also of a list.')),
  }),
})

const InverterConnection = createConnection('Inverter', Inverter)

builder.queryFields((t) => ({
  inverter: t.field(
    lookUp(
      'inverter',
      Inverter,
      'An inverter by id. Costs 1 call; nothing where a list has shown what is asked for.',
    ),
  ),
  inverters: t.field(
    connection(
      InverterConnection,
      'listInverters',
      'The inverters that the tenant may use, in no promised order. Costs 1 call for each 250 of them; an answer is good for a day.',
    ),
  ),
}))
