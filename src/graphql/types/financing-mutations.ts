// Mutations of financings.
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import { builder } from '../builder.ts'
import { assertInput, idOf, idsOf } from '../input.ts'
import { createPayload, mutation } from '../mutation.ts'
import { Financing } from './refs.ts'

const FinancingPayload = createPayload<AuroraObject>('FinancingPayload', 'financing', {
  type: Financing,
  description:
    'The financing as it is now; null where it could not be done. What Aurora answered with costs nothing more, other ' +
    'members cost 1 call.',
})

/** Aurora finds a financing only under its design. A global id contains both ids; Aurora's own id needs `designId` too. */
function readIds(id: string | number, designId: string | number | null | undefined) {
  const hasDesign = String(id).includes('/')
  if (designId === null || designId === undefined) {
    assertInput(
      hasDesign,
      'The `id` of a financing alone does not say of which Design it is: give `designId` too.',
    )
    return idsOf('Financing', id)
  }
  const design_id = idOf('Design', designId)
  if (!hasDesign) return [design_id, idOf('Financing', id)] as const
  const ids = idsOf('Financing', id)
  assertInput(ids[0] === design_id, 'This financing is one of another design.')
  return ids
}

builder.mutationFields((t) => ({
  pushFinancingToFinancier: t.field(
    mutation({
      payload: FinancingPayload,
      operation: 'pushFinancingToFinancier',
      description: 'Sends a financing to its lender; what becomes of it is in `financier`. Costs 1 call.',
      args: {
        id: t.arg.id({
          required: true,
          description:
            "The financing, by its global id, as `<design id>/<financing id>`, or by Aurora's own id with `designId`.",
        }),
        designId: t.arg.id({
          description: "The design it is of, by either id: only needed where `id` is Aurora's own alone.",
        }),
      },
      async run({ id, designId }, context) {
        const [design_id, financing_id] = readIds(id, designId)
        const answer = await context.write('pushFinancingToFinancier', { path: { design_id, financing_id } })
        return context.loaders
          .object('financing')
          .refer(`${design_id}/${financing_id}`, { design_id, ...answer })
      },
    }),
  ),
}))
