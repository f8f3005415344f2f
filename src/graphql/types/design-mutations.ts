// Mutations of designs. Aurora has no operation that changes or deletes a whole design.
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import { builder } from '../builder.ts'
import { assertInput, idOf, readObject, toMembers } from '../input.ts'
import { asJson, number, text, toSource } from '../member.ts'
import { isMembers } from '../../aurora/body.ts'
import type { Source } from '../member.ts'
import { createPayload, made, mutation } from '../mutation.ts'
import { createOnDesignPayload } from './design-payload.ts'
import { Design } from './refs.ts'

const DesignPayload = createPayload<AuroraObject>('DesignPayload', 'design', {
  type: Design,
  description:
    'The new design; null where it could not be made. What Aurora answered with costs nothing more, other members cost 1 ' +
    'call.',
})

const CreateDesignInput = builder.inputType('CreateDesignInput', {
  description: 'What a new design starts with. A null counts as left out.',
  fields: (t) => ({
    projectId: t.id({ required: true, description: 'The project it is made for, by either id.' }),
    name: t.string({ description: 'What its makers call it; need not be unique.' }),
    externalProviderId: t.string({ description: "The id in the integrator's own system." }),
  }),
})

const RackingComponent = builder.objectRef<Source>('RackingComponent').implement({
  description: 'A line of the bill of materials that is a part of the mounting.',
  fields: (t) => ({
    name: t.field(text('name', 'Which part it is.')),
    manufacturerName: t.field(text('manufacturer_name', 'Maker of the part.')),
    sku: t.field(text('sku', 'Number under which its maker sells it.')),
    quantity: t.field(number('quantity', 'How many; rails may be fractions.')),
  }),
})

const RackingComponentInput = builder.inputType('RackingComponentInput', {
  description: 'A part of the mounting, as a line for the bill of materials.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Which part it is.' }),
    manufacturerName: t.string({ description: 'Maker of the part.' }),
    sku: t.string({ description: 'Number under which its maker sells it.' }),
    quantity: t.float({ required: true, description: 'How many, at least 0; rails may be fractions.' }),
  }),
})

const RackingComponentsPayload = createOnDesignPayload<Source[]>(
  'RackingComponentsPayload',
  'rackingComponents',
  {
    type: [RackingComponent],
    description:
      'The lines as Aurora took them; null where it could not be done, or where Aurora told nothing of them. Costs nothing ' +
      'more.',
    reads: '`summary`, which shows the whole bill of materials, costs 1 call.',
  },
)

const ShareMilestonePayload = createPayload<unknown>('ShareMilestonePayload', 'shared', {
  type: 'JSON',
  description:
    'What Aurora answered with: its shape is not publicly documented. Null where it could not be done.',
})

/** An item that is not an object is left out: the write is done, so a strange answer must not fail it. */
const readLines = (lines: unknown): Source[] | null =>
  Array.isArray(lines) ? lines.filter(isMembers).map(toSource) : null

builder.mutationFields((t) => ({
  createDesign: t.field(
    mutation({
      payload: DesignPayload,
      operation: 'createDesign',
      description: 'Makes an empty design of a project. Costs 1 call.',
      args: {
        input: t.arg({ type: CreateDesignInput, required: true, description: 'What it starts with.' }),
      },
      async run({ input }, context) {
        const members = toMembers(input, { nulls: 'dropped' })
        const answer = await context.write('createDesign', { members })
        return made(
          answer && { project_id: members['project_id'], ...answer },
          context.loaders.object('design'),
        )
      },
    }),
  ),
  duplicateDesign: t.field(
    mutation({
      payload: DesignPayload,
      operation: 'duplicateDesign',
      description:
        'Makes a copy of a design, in the same project. Costs 1 call. CONFLICT while a job works on the design.',
      args: {
        id: t.arg.id({ required: true, description: 'The design to copy, by either id.' }),
        name: t.arg.string({ description: 'What the copy is called; left out, Aurora decides.' }),
      },
      async run({ id, name }, context) {
        const path = { design_id: idOf('Design', id) }
        const members = toMembers({ name }, { nulls: 'dropped' })
        return made(
          await context.write('duplicateDesign', { path, members }),
          context.loaders.object('design'),
        )
      },
    }),
  ),
}))

builder.mutationFields((t) => ({
  updateRackingBillOfMaterials: t.field(
    mutation({
      payload: RackingComponentsPayload,
      operation: 'updateRackingBillOfMaterials',
      description:
        'Tells the parts of the mounting of a design, in place of those told before; they show in the bill of materials of ' +
        'its summary. Costs 1 call.',
      args: {
        designId: t.arg.id({ required: true, description: 'The design that is mounted, by either id.' }),
        components: t.arg({
          type: [RackingComponentInput],
          required: true,
          description: 'All parts of its mounting.',
        }),
      },
      async run({ designId, components }, context) {
        const design_id = idOf('Design', designId)
        assertInput(
          components.every(({ quantity }) => quantity >= 0),
          'A `quantity` is at least 0.',
        )
        const lines = components.map((component) => toMembers(component, { nulls: 'dropped' }))
        const answer = await context.write('updateRackingBillOfMaterials', {
          path: { design_id },
          members: { racking_components: lines },
        })
        return {
          part: readLines(answer?.['racking_components']),
          design: context.loaders.object('design').refer(design_id),
        }
      },
    }),
  ),
  shareMilestone: t.field(
    mutation({
      payload: ShareMilestonePayload,
      operation: 'shareMilestone',
      description:
        'Shares the mark of a design, presumably with another tenant, who then has it among the `sharedProjects`. Costs 1 call.',
      args: {
        milestoneId: t.arg.id({
          required: true,
          description: "Aurora's id of the mark: `Design.milestone.auroraId`.",
        }),
        members: t.arg({
          type: 'JSON',
          description:
            "An object of members in Aurora's own names, such as with whom: none is publicly documented.",
        }),
      },
      async run({ milestoneId, members }, { write }) {
        const path = { milestone_id: idOf('Milestone', milestoneId) }
        return asJson(await write('shareMilestone', { path, members: readObject(members, 'members') }))
      },
    }),
  ),
}))
