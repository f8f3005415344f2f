// Mutations of designs. Aurora has no operation that changes or deletes a whole design.
import { isMembers } from '../../aurora/body.ts'
import { builder } from '../builder.ts'
import { assertInput, idOf, readObject, toMembers } from '../input.ts'
import { createValueType, number, text } from '../member.ts'
import { addMutation } from '../mutation.ts'
import { createObjectPayload, createPayload } from '../payload.ts'
import { asJson, toSource } from '../read-value.ts'
import type { Source } from '../read-value.ts'
import { createOnDesignPayload, onDesign } from './design-payload.ts'

const DesignPayload = createObjectPayload('design', 'The new design', { absent: 'it could not be made' })

const CreateDesignInput = builder.inputType('CreateDesignInput', {
  description: 'What a new design starts with. A null counts as left out.',
  fields: (t) => ({
    projectId: t.id({ required: true, description: 'The project it is made for, by either id.' }),
    name: t.string({ description: 'What its makers call it; need not be unique.' }),
    externalProviderId: t.string({ description: "The id in the integrator's own system." }),
  }),
})

const RackingComponent = createValueType('RackingComponent', {
  description: 'A line of the bill of materials that is a part of the mounting.',
  fields: {
    name: text('Which part it is.'),
    manufacturerName: text('Maker of the part.'),
    sku: text('Number under which its maker sells it.'),
    quantity: number('How many; rails may be fractions.'),
  },
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
      'The lines as Aurora took them; null if it could not be done, or if the answer lacks them. Costs nothing ' +
      'more.',
    reads: '`summary`, which shows the whole bill of materials, costs 1 call.',
  },
)

const ShareMilestonePayload = createPayload<unknown>('ShareMilestonePayload', 'shared', {
  type: 'JSON',
  description:
    'What Aurora answered with: its shape is not publicly documented. Null if it could not be done.',
})

/** An item that is not an object is left out: the write is done, so an unusual answer must not fail it. */
const readLines = (lines: unknown): Source[] | null =>
  Array.isArray(lines) ? lines.filter(isMembers).map(toSource) : null

addMutation('createDesign', {
  payload: DesignPayload,
  description: 'Makes an empty design of a project. Costs 1 call.',
  args: (t) => ({
    input: t.field({ type: CreateDesignInput, required: true, description: 'What it starts with.' }),
  }),
  read: ({ input }) => ({ members: toMembers(input, { nulls: 'dropped' }) }),
  keeps: ['project_id'],
})

addMutation('duplicateDesign', {
  payload: DesignPayload,
  description:
    'Makes a copy of a design, in the same project. Costs 1 call. CONFLICT while a job works on the design.',
  args: (t) => ({
    id: t.id({ required: true, description: 'The design to copy, by either id.' }),
    name: t.string({ description: 'What the copy is called; left out, Aurora decides.' }),
  }),
  read: ({ id, name }) => ({
    path: { design_id: idOf('Design', id) },
    members: toMembers({ name }, { nulls: 'dropped' }),
  }),
})

addMutation('updateRackingBillOfMaterials', {
  payload: RackingComponentsPayload,
  description:
    'Sets the parts of the mounting of a design, in place of those set before; they show in the bill of materials of ' +
    'its summary. Costs 1 call.',
  args: (t) => ({
    designId: t.id({ required: true, description: 'The design that is mounted, by either id.' }),
    components: t.field({
      type: [RackingComponentInput],
      required: true,
      description: 'All parts of its mounting.',
    }),
  }),
  read({ designId, components }) {
    const path = { design_id: idOf('Design', designId) }
    assertInput(
      components.every(({ quantity }) => quantity >= 0),
      'A `quantity` is at least 0.',
    )
    const lines = components.map((component) => toMembers(component, { nulls: 'dropped' }))
    return { path, members: { racking_components: lines } }
  },
  show: onDesign((answer) => readLines(answer?.['racking_components'])),
})

addMutation('shareMilestone', {
  payload: ShareMilestonePayload,
  description:
    'Shares the mark of a design, presumably with another tenant, who then has it among the `sharedProjects`. Costs 1 call.',
  args: (t) => ({
    milestoneId: t.id({
      required: true,
      description: "Aurora's id of the mark: `Design.milestone.auroraId`.",
    }),
    members: t.field({
      type: 'JSON',
      description:
        "An object of members in Aurora's own names, such as with whom: none is publicly documented.",
    }),
  }),
  read: ({ milestoneId, members }) => ({
    path: { milestone_id: idOf('Milestone', milestoneId) },
    members: readObject(members, 'members'),
  }),
  show: ({ answer }) => asJson(answer),
})
