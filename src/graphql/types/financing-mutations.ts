// Mutations of financings.
import { assertInput, idOf, idsOf } from '../input.ts'
import { addMutation } from '../mutation.ts'
import { createObjectPayload } from '../payload.ts'

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

addMutation('pushFinancingToFinancier', {
  payload: createObjectPayload('financing', 'The financing as it is now'),
  description: 'Sends a financing to its lender; `financier` shows the outcome. Costs 1 call.',
  args: (t) => ({
    id: t.id({
      required: true,
      description:
        "The financing, by its global id, as `<design id>/<financing id>`, or by Aurora's own id with `designId`.",
    }),
    designId: t.id({
      description: "The design it is of, by either id: only needed where `id` is Aurora's own alone.",
    }),
  }),
  read({ id, designId }) {
    const [design_id, financing_id] = readIds(id, designId)
    return { path: { design_id, financing_id } }
  },
})
