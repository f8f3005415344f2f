// Mutations that order a roof model from the experts of Aurora or from EagleView, and accept it when it is built.
import { builder } from '../builder.ts'
import { assertCoordinates, assertInput, idOf, readObject, toMembers } from '../input.ts'
import { addMutation } from '../mutation.ts'
import { createObjectPayload } from '../payload.ts'
import { refOf } from '../refs.ts'

const DesignRequestPayload = createObjectPayload('designRequest', 'The request as it is now')
builder.objectField(DesignRequestPayload, 'runningDesignRequest', (t) =>
  t.field({
    type: refOf('designRequest'),
    nullable: true,
    description:
      'The request of the same project that is running, if Aurora refused another one because of it; null otherwise. `id` is free; ' +
      'other members cost 1 call.',
    resolve({ failure }, _args, { loaders }) {
      const id = failure?.details.designRequestId
      return id === undefined ? null : loaders.object('designRequest').refer(id)
    },
  }),
)

const EagleviewPayload = createObjectPayload('eagleviewDesignRequest', 'The order as it is now')

const CreateDesignRequestInput = builder.inputType('CreateDesignRequestInput', {
  description: 'Which roof is to be modelled, and how soon. A null counts as left out.',
  fields: (t) => ({
    projectId: t.id({ required: true, description: 'The project of the roof, by either id.' }),
    latitude: t.float({
      description:
        'Of a pin on the roof: decimal degrees, north positive, -90 to 90; left out, that of the project.',
    }),
    longitude: t.float({
      description: 'Of a pin on the roof: decimal degrees, east positive, -180 to 180; goes with `latitude`.',
    }),
    sla: t.int({ description: 'How soon, in minutes: 180 where left out, 30 to hurry it.' }),
  }),
})

addMutation('createDesignRequest', {
  payload: DesignRequestPayload,
  description:
    'Orders a model of a roof from the experts of Aurora, which costs the tenant credits; refused where one of the ' +
    'project is running, which `runningDesignRequest` then is. For homes only. Costs 1 call. Not every key may: FORBIDDEN.',
  args: (t) => ({
    input: t.field({
      type: CreateDesignRequestInput,
      required: true,
      description: 'Which roof, and how soon.',
    }),
  }),
  read({ input }) {
    assertCoordinates(input)
    assertInput((input.sla ?? 1) >= 1, '`sla` is at least 1 minute.')
    return { members: toMembers(input, { nulls: 'dropped' }) }
  },
})

addMutation('acceptDesignRequest', {
  payload: DesignRequestPayload,
  description:
    'Takes over a model that is built: a design is made of it, which the request then names. Costs 1 call.',
  args: (t) => ({ id: t.id({ required: true, description: 'The design request, by either id.' }) }),
  read: ({ id }) => ({ path: { design_request_id: idOf('DesignRequest', id) } }),
})

addMutation('createEagleviewDesignRequest', {
  payload: EagleviewPayload,
  description: 'Orders a model of a roof from EagleView. Costs 1 call.',
  args: (t) => ({
    projectId: t.id({ required: true, description: 'The project of the roof, by either id.' }),
    other: t.field({
      type: 'JSON',
      description: "An object of further members in Aurora's own names: none is publicly documented.",
    }),
  }),
  read: ({ projectId, other }) => ({
    members: { ...readObject(other, 'other'), project_id: idOf('Project', projectId) },
  }),
})

addMutation('acceptEagleviewDesignRequest', {
  payload: EagleviewPayload,
  description: 'Takes over a model that EagleView has built: a design is made of it. Costs 1 call.',
  args: (t) => ({ id: t.id({ required: true, description: 'The order with EagleView, by either id.' }) }),
  read: ({ id }) => ({ path: { eagleview_design_request_id: idOf('EagleviewDesignRequest', id) } }),
})
