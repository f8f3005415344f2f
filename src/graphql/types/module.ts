// Module: a model of solar module (panel) of the catalogue.
import { builder } from '../builder.ts'
import { connection, createConnection } from '../connection.ts'
import { number, raw, text } from '../member.ts'
import { lookUp, Node } from '../node.ts'
import { Module } from './refs.ts'

Module.implement({
  interfaces: [Node],
  description:
    'A model of solar module (panel) that designs can be made of. Which members the list carries is not publicly ' +
    'documented: one that it left out costs 1 call for that module.',
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
    ratingStc: t.field(number('rating_stc', 'DC power of one module at standard test conditions, in W.')),
    length: t.field(number('length', 'Length of its longer side as a rule, in mm.')),
    width: t.field(number('width', 'Width, in mm.')),
    height: t.field(number('height', 'Thickness of the frame, in mm.')),
    weight: t.field(number('weight', 'Weight of one module, in kg.')),
    raw: t.field(raw('Costs 1 call for each module, also of a list.')),
  }),
})

const ModuleConnection = createConnection('Module', Module)

builder.queryFields((t) => ({
  module: t.field(
    lookUp(
      'module',
      Module,
      'A module by id. Costs 1 call; nothing where a list has shown what is asked for.',
    ),
  ),
  modules: t.field(
    connection(
      ModuleConnection,
      'listModules',
      'The solar modules that the tenant may use, in no promised order. Costs 1 call for each 250 of them; an answer is good for a day.',
    ),
  ),
}))
