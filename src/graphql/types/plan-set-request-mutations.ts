// Mutation: requests a plan set.
import { idOf, readObject } from '../input.ts'
import { addMutation } from '../mutation.ts'
import { createObjectPayload } from '../payload.ts'

addMutation('createPlanSetRequest', {
  payload: createObjectPayload(
    'planSetRequest',
    'The request as a draft, with the links by which it is completed and handed in',
  ),
  description:
    'Drafts a request for the drawings with which permits are applied for. The design needs modules, its project at ' +
    'least one asset. Costs 1 call. Not every key may: FORBIDDEN.',
  args: (t) => ({
    designId: t.id({
      required: true,
      description: 'The design that is ready to be installed, by either id.',
    }),
    other: t.field({
      type: 'JSON',
      description: "An object of further members in Aurora's own names: none is publicly documented.",
    }),
  }),
  read: ({ designId, other }) => ({
    members: { ...readObject(other, 'other'), design_id: idOf('Design', designId) },
  }),
})
