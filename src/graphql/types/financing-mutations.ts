// What can be done with a financing.
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import { builder } from '../builder.ts'
import { idsOf } from '../input.ts'
import { createPayload, mutation } from '../mutation.ts'
import { Financing } from './refs.ts'

const FinancingPayload = createPayload<AuroraObject>('FinancingPayload', 'financing', {
  type: Financing,
  description:
    'The financing as it is now; null where it could not be done. What Aurora answered with costs nothing more, other ' +
    'members cost 1 call.',
})

builder.mutationFields((t) => ({
  pushFinancingToFinancier: t.field(
    mutation({
      payload: FinancingPayload,
      operation: 'pushFinancingToFinancier',
      description: 'Sends a financing to its lender; what becomes of it is in `financier`. Costs 1 call.',
      args: {
        id: t.arg.id({
          required: true,
          description: 'The financing, by its global id or as `<design id>/<financing id>`.',
        }),
      },
      async run({ id }, context) {
        const [design_id, financing_id] = idsOf('Financing', id)
        const answer = await context.write('pushFinancingToFinancier', { path: { design_id, financing_id } })
        return context.loaders.financing.refer(`${design_id}/${financing_id}`, { design_id, ...answer })
      },
    }),
  ),
}))
