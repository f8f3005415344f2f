// Mutations that order a roof model from the experts of Aurora or from EagleView, and accept it when it is built.
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import { builder } from '../builder.ts'
import { assertCoordinates, assertInput, idOf, readObject, toMembers } from '../input.ts'
import { createPayload, made, mutation } from '../mutation.ts'
import { DesignRequest, EagleviewDesignRequest } from './refs.ts'

const DesignRequestPayload = createPayload<AuroraObject>('DesignRequestPayload', 'designRequest', {
  type: DesignRequest,
  description:
    'The request as it is now; null where it could not be done. What Aurora answered with costs nothing more, other members ' +
    'cost 1 call.',
})

const EagleviewPayload = createPayload<AuroraObject>(
  'EagleviewDesignRequestPayload',
  'eagleviewDesignRequest',
  {
    type: EagleviewDesignRequest,
    description:
      'The order as it is now; null where it could not be done. What Aurora answered with costs nothing more, other members ' +
      'cost 1 call.',
  },
)

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

builder.mutationFields((t) => ({
  createDesignRequest: t.field(
    mutation({
      payload: DesignRequestPayload,
      operation: 'createDesignRequest',
      description:
        'Orders a model of a roof from the experts of Aurora, which costs the tenant credits; refused where one of the ' +
        'project is running. Costs 1 call. Not every key may: FORBIDDEN.',
      args: {
        input: t.arg({
          type: CreateDesignRequestInput,
          required: true,
          description: 'Which roof, and how soon.',
        }),
      },
      async run({ input }, context) {
        assertCoordinates(input)
        assertInput((input.sla ?? 1) >= 1, '`sla` is at least 1 minute.')
        const members = toMembers(input, { nulls: 'dropped' })
        return made(
          await context.write('createDesignRequest', { members }),
          context.loaders.object('designRequest'),
        )
      },
    }),
  ),
  acceptDesignRequest: t.field(
    mutation({
      payload: DesignRequestPayload,
      operation: 'acceptDesignRequest',
      description:
        'Takes over a model that is built: a design is made of it, which the request then names. Costs 1 call.',
      args: { id: t.arg.id({ required: true, description: 'The design request, by either id.' }) },
      async run({ id }, context) {
        const requestId = idOf('DesignRequest', id)
        const answer = await context.write('acceptDesignRequest', { path: { design_request_id: requestId } })
        return context.loaders.object('designRequest').refer(requestId, answer ?? {})
      },
    }),
  ),
}))

builder.mutationFields((t) => ({
  createEagleviewDesignRequest: t.field(
    mutation({
      payload: EagleviewPayload,
      operation: 'createEagleviewDesignRequest',
      description: 'Orders a model of a roof from EagleView. Costs 1 call.',
      args: {
        projectId: t.arg.id({ required: true, description: 'The project of the roof, by either id.' }),
        other: t.arg({
          type: 'JSON',
          description: "An object of further members in Aurora's own names: none is publicly documented.",
        }),
      },
      async run({ projectId, other }, context) {
        const members = { ...readObject(other, 'other'), project_id: idOf('Project', projectId) }
        const answer = await context.write('createEagleviewDesignRequest', { members })
        return made(answer, context.loaders.object('eagleviewDesignRequest'))
      },
    }),
  ),
  acceptEagleviewDesignRequest: t.field(
    mutation({
      payload: EagleviewPayload,
      operation: 'acceptEagleviewDesignRequest',
      description: 'Takes over a model that EagleView has built: a design is made of it. Costs 1 call.',
      args: { id: t.arg.id({ required: true, description: 'The order with EagleView, by either id.' }) },
      async run({ id }, context) {
        const requestId = idOf('EagleviewDesignRequest', id)
        const path = { eagleview_design_request_id: requestId }
        const answer = await context.write('acceptEagleviewDesignRequest', { path })
        return context.loaders.object('eagleviewDesignRequest').refer(requestId, answer ?? {})
      },
    }),
  ),
}))
