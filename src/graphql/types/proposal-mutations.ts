// Mutations of the proposal of a design, in the app and on the web.
import { idOf } from '../input.ts'
import { addMutation } from '../mutation.ts'
import { createObjectPayload, createPayload } from '../payload.ts'
import { OPTIONS, readOptions } from './job.ts'

addMutation('createProposal', {
  payload: createObjectPayload('proposal', 'The proposal as it is now'),
  description:
    'Makes the default proposal of a design. What happens to one that is there already is not publicly documented. ' +
    'Costs 1 call.',
  args: (t) => ({
    designId: t.id({ required: true, description: 'The design that is offered, by either id.' }),
    ...OPTIONS,
  }),
  read: ({ designId, ...given }) => ({
    path: { design_id: idOf('Design', designId) },
    ...readOptions(given),
  }),
})

addMutation('deleteDefaultProposal', {
  payload: createPayload<string>('DeleteProposalPayload', 'deletedProposalDesignId', {
    type: 'ID',
    description: "Aurora's id of the design whose proposal was deleted.",
  }),
  description: 'Deletes the default proposal of a design. Costs 1 call.',
  args: (t) => ({ designId: t.id({ required: true, description: 'The design, by either id.' }) }),
  read: ({ designId }) => ({ path: { design_id: idOf('Design', designId) } }),
})

addMutation('generateWebProposalUrl', {
  payload: createObjectPayload('webProposal', 'The page as it is now, with its new link'),
  description:
    'Makes the link on which the customer sees the proposal, or renews it; by default it is good for 30 days. Costs 1 ' +
    'call.',
  args: (t) => ({
    designId: t.id({ required: true, description: 'The design that is offered, by either id.' }),
    ...OPTIONS,
  }),
  read: ({ designId, ...given }) => ({
    path: { design_id: idOf('Design', designId) },
    ...readOptions(given),
  }),
})
