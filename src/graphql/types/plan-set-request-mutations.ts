// Mutation: requests a plan set.
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import { builder } from '../builder.ts'
import { idOf, readObject } from '../input.ts'
import { createPayload, made, mutation } from '../mutation.ts'
import { PlanSetRequest } from './refs.ts'

const PlanSetRequestPayload = createPayload<AuroraObject>('PlanSetRequestPayload', 'planSetRequest', {
  type: PlanSetRequest,
  description:
    'The request as a draft, with the links by which it is completed and handed in; null where it could not be done. What ' +
    'Aurora answered with costs nothing more, other members cost 1 call.',
})

builder.mutationFields((t) => ({
  createPlanSetRequest: t.field(
    mutation({
      payload: PlanSetRequestPayload,
      operation: 'createPlanSetRequest',
      description:
        'Drafts a request for the drawings with which permits are applied for. The design needs modules, its project at ' +
        'least one asset. Costs 1 call. Not every key may: FORBIDDEN.',
      args: {
        designId: t.arg.id({
          required: true,
          description: 'The design that is ready to be installed, by either id.',
        }),
        other: t.arg({
          type: 'JSON',
          description: "An object of further members in Aurora's own names: none is publicly documented.",
        }),
      },
      async run({ designId, other }, context) {
        const members = { ...readObject(other, 'other'), design_id: idOf('Design', designId) }
        return made(
          await context.write('createPlanSetRequest', { members }),
          context.loaders.object('planSetRequest'),
        )
      },
    }),
  ),
}))
