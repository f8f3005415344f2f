// Design: one layout of a solar system on a project's site.
import { builder } from '../builder.ts'
import { asJson, choice, dateTime, identifier, number, objectOrText, text } from '../member.ts'
import type { Source } from '../member.ts'
import { lookUp, Node } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { children, relation, sole } from '../relation.ts'
import {
  Asset,
  Design,
  DesignBillSummary,
  DesignSummary,
  Financing,
  Pricing,
  Project,
  Proposal,
  RoofSummary,
  WebProposal,
} from './refs.ts'

const MilestoneStage = createOpenEnum('MilestoneStage', {
  description: 'How far the sale of a design has come. Aurora may add values at any time.',
  values: {
    OFFERED: 'Shown to the customer.',
    SOLD: 'Bought by the customer.',
    CANCELED: 'Called off.',
    INSTALLED: 'Built.',
  },
})

const Milestone = builder.objectRef<Source>('Milestone').implement({
  description: 'The latest mark that somebody set on a design, such as "sold".',
  fields: (t) => ({
    auroraId: t.field(identifier('id', "Aurora's id of the mark; null where Aurora tells the stage alone.")),
    milestone: t.field(choice('milestone', MilestoneStage, 'The stage reached.')),
    milestoneRaw: t.field(text('milestone', "`milestone` in Aurora's own word.")),
    notes: t.field(text('notes', 'What the person who set it wrote beside it.')),
    recordedAt: t.field(dateTime('recorded_at', 'When it was set.')),
  }),
})

Design.implement({
  interfaces: [Node],
  description:
    'One layout of a solar system on the site of a project; a project may have several. A list of designs carries ' +
    'name, milestone and sizes, so that these cost nothing there. What it contains and makes is in `summary`, what ' +
    'it costs in `pricing`, how it is paid in `financings`: 1 call each.',
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
        'The project it was made for. `id` is free; other members cost 1 call unless a list has shown the project.',
      ),
    ),
    externalProviderId: t.field(
      text('external_provider_id', "The id in the integrator's own system; null if none was given."),
    ),
    name: t.field(text('name', 'What its makers call it; need not be unique.')),
    createdAt: t.field(dateTime('created_at', 'When it was made.')),
    milestone: t.field(
      objectOrText('milestone', Milestone, {
        textMember: 'milestone',
        description: 'How far its sale has come; null while nobody marked it.',
      }),
    ),
    systemSizeStc: t.field(
      number(
        'system_size_stc',
        'DC power at standard test conditions, in W: the size meant in "a 9.7 kW system". Free on a listed design; ' +
          'on one asked for by id it may cost the call of `summary`.',
      ),
    ),
    systemSizePtc: t.field(
      number(
        'system_size_ptc',
        'DC power at PVUSA test conditions, which are nearer to a hot roof, in W. Costs as `systemSizeStc`.',
      ),
    ),
    systemSizeAc: t.field(
      number('system_size_ac', 'AC power after the inverters, in W. Costs as `systemSizeStc`.'),
    ),
    summary: t.field(
      sole(
        DesignSummary,
        'retrieveDesignSummary',
        'Its components, arrays and simulated energy. Costs 1 call.',
      ),
    ),
    roofSummary: t.field(
      sole(
        RoofSummary,
        'retrieveRoofSummary',
        'Measures of the roofs that were modelled for it. Costs 1 call.',
      ),
    ),
    rackingArrays: t.field({
      type: ['JSON'],
      description:
        'What makers of racking are given of its arrays, each as Aurora sent it; its inner shape is not publicly ' +
        'documented. Costs 1 call.',
      nullable: { list: true, items: false },
      resolve: async ({ key }, _args, { loaders }) =>
        (await loaders.read('listRackingArrays')(key)).map(asJson),
    }),
    pricing: t.field(
      sole(
        Pricing,
        'retrieveDesignPricing',
        'Its price; null where it has none, though Aurora may also send a price of 0 or without figures. ' +
          'Costs 1 call.',
      ),
    ),
    billSummary: t.field(
      sole(
        DesignBillSummary,
        'retrieveDesignBillSummary',
        'What energy costs with it, in sum; null where Aurora has none. Costs 1 call.',
      ),
    ),
    financings: t.field(
      children(
        Financing,
        'listFinancings',
        'The ways of paying that were worked out for it; empty where none was picked. Costs 1 call for ids, names ' +
          'and which one is selected; every other member costs 1 call for that financing.',
      ),
    ),
    proposal: t.field(
      sole(Proposal, 'retrieveProposal', 'Its default proposal; null while none was made. Costs 1 call.'),
    ),
    webProposal: t.field(
      sole(
        WebProposal,
        'retrieveWebProposal',
        'The page on which the customer sees the proposal. While no link was made, Aurora may tell of a page without ' +
          'one, so this may be null or have a null `url`. Costs 1 call.',
      ),
    ),
    assets: t.field(
      children(
        Asset,
        'listDesignAssets',
        'Its files, such as screenshots and racking sheets, in no promised order. Costs 1 call.',
      ),
    ),
  }),
})

builder.queryFields((t) => ({
  design: t.field(
    lookUp(
      'design',
      Design,
      'A design by id. Costs 1 call, and 1 more where sizes are asked for and are in the summary only; nothing where a ' +
        'list has shown what is asked for.',
    ),
  ),
}))
