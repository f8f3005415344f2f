// Design: one layout of a solar system on a project's site.
import { addQueries } from '../fields.ts'
import {
  choice,
  createValueType,
  dateTime,
  identifier,
  number,
  objectOrText,
  ownWord,
  text,
} from '../member.ts'
import { implementNode, lookUp, ownId } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { children, foreignId, relation, sole } from '../relation.ts'
import { asJson } from '../read-value.ts'
import { rackingArrays } from './racking-array.ts'

export const MilestoneStage = createOpenEnum('MilestoneStage', {
  description:
    'How far the sale of a design has come: a later stage takes the place of the earlier. Aurora may add values at any time.',
  values: {
    OFFERED: 'Shown to the customer.',
    SOLD: 'Bought by the customer.',
    CANCELED: 'Called off.',
    INSTALLED: 'Built.',
    PERMISSION_TO_OPERATE: 'Allowed to run by the utility, which is the last stage of a sale (PTO).',
  },
})

const Milestone = createValueType('Milestone', {
  description: 'The latest mark that a person has set on a design, such as "sold".',
  fields: {
    auroraId: identifier("Aurora's id of the mark; null if Aurora returns the stage alone.", 'id'),
    milestone: choice(MilestoneStage, 'The stage reached.'),
    milestoneRaw: ownWord(),
    notes: text('What the person who set it wrote beside it.'),
    recordedAt: dateTime('When it was set.'),
  },
})

implementNode('design', {
  description:
    'One layout of a solar system on the site of a project; a project may have several. A list of designs carries ' +
    'name, milestone and sizes, so that these cost nothing there. What it contains and makes is in `summary`, what ' +
    'it costs in `pricing`, how it is paid in `financings`: 1 call each.',
  fields: {
    auroraId: ownId(),
    projectId: foreignId(),
    project: relation('project', 'The project it was made for.'),
    externalProviderId: text("The id in the integrator's own system; null if none was given."),
    name: text('What its makers call it; need not be unique.'),
    createdAt: dateTime('When it was made.'),
    milestone: objectOrText(
      Milestone,
      'milestone',
      'How far its sale has come; null while it is not marked.',
    ),
    systemSizeStc: number(
      'DC power at standard test conditions, in W: the size meant in "a 9.7 kW system". Free on a listed design; on one ' +
        'asked for by id it may cost the call of `summary`.',
    ),
    systemSizePtc: number(
      'DC power at PVUSA test conditions, which are nearer to a hot roof, in W. Costs as `systemSizeStc`.',
    ),
    systemSizeAc: number('AC power after the inverters, in W. Costs as `systemSizeStc`.'),
    layout: (t) =>
      t.field({
        type: 'JSON',
        description:
          'The whole body of the design when Aurora is asked for its layout too (`include_layout`). What that adds is not ' +
          'publicly documented, and Aurora may ignore it for some tenants. Costs 1 call.',
        resolve: async ({ key }, _args, { loaders }) =>
          asJson(await loaders.object('design').readWith(key, { include_layout: 'true' })),
      }),
    summary: sole('retrieveDesignSummary', 'Its components, arrays and simulated energy. Costs 1 call.'),
    roofSummary: sole(
      'retrieveRoofSummary',
      'Measures of the roofs that were modelled for it. Costs 1 call.',
    ),
    rackingArrays,
    pricing: sole(
      'retrieveDesignPricing',
      'Its price; null if it has none, though Aurora may also send a price of 0 or without figures. Costs 1 call.',
    ),
    billSummary: sole(
      'retrieveDesignBillSummary',
      'What energy costs with it, in sum; null if Aurora has none. Costs 1 call.',
    ),
    financings: children(
      'listFinancings',
      'The ways of paying that were worked out for it; empty where none was picked. Costs 1 call for ids, names and which ' +
        'one is selected; every other member costs 1 call for that financing.',
    ),
    proposal: sole('retrieveProposal', 'Its default proposal; null while none was made. Costs 1 call.'),
    webProposal: sole(
      'retrieveWebProposal',
      'The page on which the customer sees the proposal. While no link was made, Aurora may return a page without one, so ' +
        'this may be null or have a null `url`. Costs 1 call.',
    ),
    assets: children(
      'listDesignAssets',
      'Its files, such as screenshots and racking sheets, in no promised order. Costs 1 call.',
    ),
  },
})

addQueries({
  design: lookUp(
    'design',
    'A design by id. Costs 1 call, and that of `summary` where sizes are asked for, which alone cost only that; nothing if ' +
      'a list has shown all selected fields.',
  ),
})
